// The system calls as functions for user programs. The kernel's side is kernel/system-call.c.
#pragma once
#include "signal.h"
#include "system-call.h"
#include <stdint.h>

enum { CONSOLE = 1 };

static inline int32_t system_call(enum system_call number, uint32_t first, uint32_t second, uint32_t third) {
    int32_t result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second), "d"(third) : "memory");
    return result;
}

static inline _Noreturn void exit(int32_t code) {
    system_call(CALL_EXIT, (uint32_t)code, 0, 0);
    __builtin_unreachable();
}
// 0 in the child, the child's id in the parent, -1 on failure.
static inline int32_t fork(void) { return system_call(CALL_FORK, 0, 0, 0); }
static inline int32_t wait(int32_t *code) { return system_call(CALL_WAIT, (uint32_t)code, 0, 0); }
static inline int32_t execute(const char *name) { return system_call(CALL_EXECUTE, (uint32_t)name, 0, 0); }
static inline void yield(void) { system_call(CALL_YIELD, 0, 0, 0); }
static inline int32_t process_id(void) { return system_call(CALL_PROCESS_ID, 0, 0, 0); }
static inline int32_t read(int32_t descriptor, void *bytes, uint32_t count) {
    return system_call(CALL_READ, (uint32_t)descriptor, (uint32_t)bytes, count);
}
static inline int32_t write(int32_t descriptor, const void *bytes, uint32_t count) {
    return system_call(CALL_WRITE, (uint32_t)descriptor, (uint32_t)bytes, count);
}
static inline int32_t pipe(int32_t ends[2]) { return system_call(CALL_PIPE, (uint32_t)ends, 0, 0); }
static inline int32_t close(int32_t descriptor) { return system_call(CALL_CLOSE, (uint32_t)descriptor, 0, 0); }

// Zeros in whole pages of their own; MAP_FAILED when the process has no address range or no region left.
#define MAP_FAILED ((void *)-1)
static inline void *map(uint32_t bytes, int32_t writable) { return (void *)system_call(CALL_MAP, bytes, (uint32_t)writable, 0); }
static inline int32_t unmap(void *start, uint32_t bytes) { return system_call(CALL_UNMAP, (uint32_t)start, bytes, 0); }
// Changes the right to write of what `map` returned, as a whole.
static inline int32_t protect(void *start, uint32_t bytes, int32_t writable) {
    return system_call(CALL_PROTECT, (uint32_t)start, bytes, (uint32_t)writable);
}
static inline int32_t parent_id(void) { return system_call(CALL_PARENT_ID, 0, 0, 0); }

// From now on exceptions of this program call `handler`, unless the kernel can resolve them itself.
extern const uint8_t signal_handler_end[];
static inline void handle_signals(void (*handler)(struct signal_frame *frame)) {
    system_call(CALL_SIGNAL_HANDLER, (uint32_t)handler, (uint32_t)signal_handler_end, 0);
}
