// The table of system calls. Each checks what the program passed before the kernel touches it; failure is -1.
#include "system-call.h"
#include "mapping.h"
#include "process.h"
#include "program.h"
#include "scheduler.h"
#include "signal.h"

enum { PROGRAM_NAME_BYTES = 16 };

typedef int32_t call_handler(struct trap_frame *frame);

static bool readable(const void *start, uint32_t bytes) { return address_space_allows(&current->space, start, bytes, false); }
static bool writable(const void *start, uint32_t bytes) { return address_space_allows(&current->space, start, bytes, true); }

static struct file *open_file(uint32_t descriptor) {
    return descriptor < MAXIMUM_DESCRIPTORS ? current->descriptors[descriptor] : 0;
}

static int32_t call_exit(struct trap_frame *frame) { process_exit((int32_t)frame->ebx); }

static int32_t call_fork(struct trap_frame *frame) { return process_fork(frame); }

static int32_t call_wait(struct trap_frame *frame) {
    int32_t *result = (int32_t *)frame->ebx;
    int32_t code = 0;
    if (!writable(result, sizeof *result)) return -1;
    int32_t id = process_wait(&code);
    *result = code;
    return id;
}

// The name lies in memory that exec replaces, so it is copied first; it is at most 15 letters long.
static int32_t call_execute(struct trap_frame *frame) {
    const char *source = (const char *)frame->ebx;
    char name[PROGRAM_NAME_BYTES];
    uint32_t length = 0;
    do {
        if (length == PROGRAM_NAME_BYTES || !readable(source + length, 1)) return -1;
        name[length] = source[length];
    } while (name[length++] != '\0');
    return program_execute(name, frame) ? 0 : -1;
}

static int32_t call_yield(struct trap_frame *frame) {
    (void)frame;
    schedule();
    return 0;
}

static int32_t call_process_id(struct trap_frame *frame) {
    (void)frame;
    return (int32_t)current->id;
}

static int32_t call_parent_id(struct trap_frame *frame) {
    (void)frame;
    return current->parent ? (int32_t)current->parent->id : 0;
}

static int32_t call_read(struct trap_frame *frame) {
    struct file *file = open_file(frame->ebx);
    return file && writable((void *)frame->ecx, frame->edx) ? file_read(file, (void *)frame->ecx, frame->edx) : -1;
}

static int32_t call_write(struct trap_frame *frame) {
    struct file *file = open_file(frame->ebx);
    return file && readable((void *)frame->ecx, frame->edx) ? file_write(file, (void *)frame->ecx, frame->edx) : -1;
}

static void close_descriptor(int32_t descriptor) {
    file_close(current->descriptors[descriptor]);
    current->descriptors[descriptor] = 0;
}

// Puts a file into the first free descriptor; closes it and returns -1 when there is none.
static int32_t install(struct file *file) {
    int32_t descriptor = 0;
    while (descriptor < MAXIMUM_DESCRIPTORS && current->descriptors[descriptor]) descriptor++;
    if (descriptor < MAXIMUM_DESCRIPTORS) {
        current->descriptors[descriptor] = file;
        return descriptor;
    }
    file_close(file);
    return -1;
}

static int32_t call_close(struct trap_frame *frame) {
    if (!open_file(frame->ebx)) return -1;
    close_descriptor((int32_t)frame->ebx);
    return 0;
}

// Stores two descriptors, the reading end's first.
static int32_t call_pipe(struct trap_frame *frame) {
    int32_t *result = (int32_t *)frame->ebx;
    struct file *ends[2];
    if (!writable(result, 2 * sizeof *result) || !file_create_pipe(ends)) return -1;
    result[0] = install(ends[0]);
    result[1] = install(ends[1]);
    if (result[1] >= 0) return 0;
    if (result[0] >= 0) close_descriptor(result[0]);
    return -1;
}

static int32_t call_map(struct trap_frame *frame) {
    return (int32_t)mapping_create(&current->space, frame->ebx, frame->ecx != 0);
}

static int32_t call_unmap(struct trap_frame *frame) { return mapping_remove(&current->space, frame->ebx, frame->ecx) ? 0 : -1; }

static int32_t call_protect(struct trap_frame *frame) {
    return mapping_protect(&current->space, frame->ebx, frame->ecx, frame->edx != 0) ? 0 : -1;
}

// Not checked here: a handler that is not code faults in ring 3 when it is called.
static int32_t call_signal_handler(struct trap_frame *frame) {
    current->signal = (struct signal_action){.handler = frame->ebx, .return_address = frame->ecx};
    return 0;
}

// EAX is the interrupted program's, not a result; without a frame to go back to there is nothing to go on with.
static int32_t call_signal_return(struct trap_frame *frame) {
    if (!signal_return(frame)) process_exit(-1);
    return (int32_t)frame->eax;
}

static call_handler *const calls[CALL_COUNT] = {
    [CALL_EXIT] = call_exit, [CALL_FORK] = call_fork, [CALL_WAIT] = call_wait, [CALL_EXECUTE] = call_execute,
    [CALL_YIELD] = call_yield, [CALL_PROCESS_ID] = call_process_id, [CALL_READ] = call_read, [CALL_WRITE] = call_write,
    [CALL_PIPE] = call_pipe, [CALL_CLOSE] = call_close, [CALL_PARENT_ID] = call_parent_id, [CALL_MAP] = call_map,
    [CALL_UNMAP] = call_unmap, [CALL_SIGNAL_HANDLER] = call_signal_handler, [CALL_SIGNAL_RETURN] = call_signal_return,
    [CALL_PROTECT] = call_protect,
};

static void system_call(struct trap_frame *frame) {
    frame->eax = frame->eax < CALL_COUNT ? (uint32_t)calls[frame->eax](frame) : (uint32_t)-1;
}

void system_call_init(void) { trap_set_handler(VECTOR_SYSTEM_CALL, system_call); }
