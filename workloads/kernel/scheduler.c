// Round robin over one queue of ready processes; sleeping and waking by channel, as in the Sixth Edition of Unix.
#include "scheduler.h"
#include "frame.h"
#include "paravirt.h"

volatile bool reschedule_wanted;

static struct process *first_ready, *last_ready;

void switch_context(uint32_t *old_stack_pointer, uint32_t new_stack_pointer);

void scheduler_ready(struct process *process) {
    uint32_t flags = lock_interrupts();
    process->state = PROCESS_READY;
    process->next_ready = 0;
    if (first_ready) last_ready->next_ready = process;
    else first_ready = process;
    last_ready = process;
    unlock_interrupts(flags);
}

static struct process *take_ready(void) {
    struct process *process = first_ready;
    if (process) first_ready = process->next_ready;
    return process;
}

// The kernel's part of all directories is the same, so the old stack remains in reach after the directory is loaded.
static void switch_to(struct process *next) {
    struct process *previous = current;
    current = next;
    set_kernel_stack((uint32_t)physical_memory(next->stack_frame) + PAGE_BYTES);
    if (next->space.directory != previous->space.directory) load_directory(next->space.directory);
    else commit_updates();
    switch_context(&previous->stack_pointer, next->stack_pointer);
}

void schedule(void) {
    struct process *idle = processes;
    uint32_t flags = lock_interrupts();
    reschedule_wanted = false;
    if (current->state == PROCESS_READY && current != idle) scheduler_ready(current);
    struct process *next = take_ready();
    if (!next) next = idle;
    if (next != current) switch_to(next);
    unlock_interrupts(flags);
}

void scheduler_sleep(const void *channel) {
    current->channel = channel;
    current->state = PROCESS_SLEEPING;
    schedule();
}

void scheduler_wake(const void *channel) {
    uint32_t flags = lock_interrupts();
    for (unsigned index = 1; index < MAXIMUM_PROCESSES; index++) {
        struct process *process = &processes[index];
        if (process->state == PROCESS_SLEEPING && process->channel == channel) scheduler_ready(process);
    }
    unlock_interrupts(flags);
}

void scheduler_idle(void) {
    for (;;) {
        schedule();
        interrupts_disable();
        if (!first_ready) enable_and_halt();
        interrupts_enable();
    }
}
