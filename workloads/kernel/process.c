// The life of a process: start, fork, exit, wait. Who runs when is decided in scheduler.c.
#include "process.h"
#include "console.h"
#include "frame.h"
#include "paging.h"
#include "panic.h"
#include "paravirt.h"
#include "power.h"
#include "program.h"
#include "scheduler.h"
#include "text.h"

struct process processes[MAXIMUM_PROCESSES];
struct process *current = &processes[0];
static uint32_t last_id;

_Noreturn void trap_return_to(struct trap_frame *frame);
extern const void *trap_leave;

void process_init(void) {
    current->state = PROCESS_READY;
    current->space.directory = kernel_directory_address();
}

static struct process *process_allocate(void) {
    uint32_t flags = lock_interrupts();
    struct process *process = processes + 1;
    while (process < processes + MAXIMUM_PROCESSES && process->state != PROCESS_FREE) process++;
    bool found = process < processes + MAXIMUM_PROCESSES;
    if (found) process->state = PROCESS_SLEEPING;
    unlock_interrupts(flags);
    if (!found) return 0;
    process->id = ++last_id;
    process->channel = 0;
    process->stack_frame = frame_allocate();
    return process;
}

// Where the frame of a process lies that entered the kernel from ring 3: at the top of its stack.
static struct trap_frame *user_frame(const struct process *process) {
    return (struct trap_frame *)((uint8_t *)physical_memory(process->stack_frame) + PAGE_BYTES) - 1;
}

// Lets the process begin at `entry` when it is first switched to, with the stack pointer at its user frame.
static void make_ready(struct process *process, const void *entry) {
    uint32_t *stack = (uint32_t *)user_frame(process);
    *--stack = (uint32_t)entry;
    for (unsigned register_index = 0; register_index < CONTEXT_REGISTERS; register_index++) *--stack = 0;
    process->stack_pointer = (uint32_t)stack;
    scheduler_ready(process);
}

static _Noreturn void run_init(void) {
    if (!program_execute("init", user_frame(current))) panic("no program named init", 0);
    trap_return_to(user_frame(current));
}

void process_start_init(void) {
    struct process *process = process_allocate();
    address_space_create(&process->space);
    process->descriptors[1] = file_console();
    make_ready(process, run_init);
}

int32_t process_fork(const struct trap_frame *frame) {
    struct process *child = process_allocate();
    if (!child) return -1;
    child->parent = current;
    child->signal = current->signal;
    address_space_fork(&child->space, &current->space);
    for (unsigned index = 0; index < MAXIMUM_DESCRIPTORS; index++) child->descriptors[index] = file_share(current->descriptors[index]);
    *user_frame(child) = *frame;
    user_frame(child)->eax = 0;
    int32_t id = (int32_t)child->id;
    make_ready(child, trap_leave);
    return id;
}

// Children that outlive their parent become the first process's.
static void hand_over_children(void) {
    struct process *first = &processes[FIRST_PROCESS];
    for (unsigned index = 1; index < MAXIMUM_PROCESSES; index++)
        if (processes[index].parent == current) processes[index].parent = first;
    scheduler_wake(first);
}

// Invariant: the address space goes while the process still runs, on the kernel's directory; the stack goes later, in wait.
void process_exit(int32_t code) {
    if (current->id == FIRST_PROCESS) power_off(code == 0 ? EXIT_OK : EXIT_FAILED);
    for (unsigned index = 0; index < MAXIMUM_DESCRIPTORS; index++) {
        file_close(current->descriptors[index]);
        current->descriptors[index] = 0;
    }
    load_directory(kernel_directory_address());
    address_space_destroy(&current->space);
    current->space = (struct address_space){.directory = kernel_directory_address()};
    lock_interrupts();
    hand_over_children();
    current->exit_code = code;
    current->state = PROCESS_ZOMBIE;
    scheduler_wake(current->parent);
    schedule();
    panic("a dead process ran", 0);
}

static struct process *find_child(enum process_state state) {
    for (unsigned index = 1; index < MAXIMUM_PROCESSES; index++) {
        struct process *process = &processes[index];
        if (process->parent == current && process->state == state) return process;
    }
    return 0;
}

static bool has_child(void) { return find_child(PROCESS_READY) || find_child(PROCESS_SLEEPING); }

int32_t process_wait(int32_t *code) {
    uint32_t flags = lock_interrupts();
    struct process *child = find_child(PROCESS_ZOMBIE);
    while (!child && has_child()) {
        scheduler_sleep(current);
        child = find_child(PROCESS_ZOMBIE);
    }
    int32_t id = child ? (int32_t)child->id : -1;
    if (child) {
        *code = child->exit_code;
        frame_release(child->stack_frame);
        child->parent = 0;
        child->state = PROCESS_FREE;
    }
    unlock_interrupts(flags);
    return id;
}

void process_kill(struct trap_frame *frame) {
    char line[80];
    char *end = text_append_decimal(text_append(line, "process "), current->id);
    end = text_append_decimal(text_append(end, " killed by exception "), frame->vector);
    end = text_append_hexadecimal(text_append(end, " at "), frame->eip);
    text_append(end, "\n");
    console_print(line);
    process_exit(-1);
}
