// The table of system calls. Each checks what the program passed before the kernel touches it; failure is -1.
#include "system-call.h"
#include "lock.h"
#include "process.h"
#include "program.h"
#include "scheduler.h"

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

static int32_t call_read(struct trap_frame *frame) {
    struct file *file = open_file(frame->ebx);
    return file && writable((void *)frame->ecx, frame->edx) ? file_read(file, (void *)frame->ecx, frame->edx) : -1;
}

static int32_t call_write(struct trap_frame *frame) {
    struct file *file = open_file(frame->ebx);
    return file && readable((void *)frame->ecx, frame->edx) ? file_write(file, (void *)frame->ecx, frame->edx) : -1;
}

static int32_t free_descriptor(void) {
    int32_t descriptor = 0;
    while (descriptor < MAXIMUM_DESCRIPTORS && current->descriptors[descriptor]) descriptor++;
    return descriptor < MAXIMUM_DESCRIPTORS ? descriptor : -1;
}

static int32_t call_close(struct trap_frame *frame) {
    struct file *file = open_file(frame->ebx);
    if (!file) return -1;
    file_close(file);
    current->descriptors[frame->ebx] = 0;
    return 0;
}

// Stores two descriptors, the reading end's first.
static int32_t call_pipe(struct trap_frame *frame) {
    int32_t *result = (int32_t *)frame->ebx;
    struct file *ends[2];
    if (!writable(result, 2 * sizeof *result) || !file_create_pipe(ends)) return -1;
    for (unsigned end = 0; end < 2; end++) {
        result[end] = free_descriptor();
        if (result[end] >= 0) current->descriptors[result[end]] = ends[end];
        else file_close(ends[end]);
    }
    return result[1] >= 0 ? 0 : -1;
}

static call_handler *const calls[CALL_COUNT] = {
    [CALL_EXIT] = call_exit, [CALL_FORK] = call_fork, [CALL_WAIT] = call_wait, [CALL_EXECUTE] = call_execute,
    [CALL_YIELD] = call_yield, [CALL_PROCESS_ID] = call_process_id, [CALL_READ] = call_read, [CALL_WRITE] = call_write,
    [CALL_PIPE] = call_pipe, [CALL_CLOSE] = call_close,
};

static void system_call(struct trap_frame *frame) {
    frame->eax = frame->eax < CALL_COUNT ? (uint32_t)calls[frame->eax](frame) : (uint32_t)-1;
}

void system_call_init(void) { trap_set_handler(VECTOR_SYSTEM_CALL, system_call); }
