// Exceptions, interrupts and system calls as the kernel sees them: a frame of saved registers and a table of handlers.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum {
    VECTOR_DIVIDE_ERROR = 0,
    VECTOR_BREAKPOINT = 3,
    VECTOR_OVERFLOW = 4,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_INTERRUPTS = 32,
    VECTOR_SYSTEM_CALL = 128,
    VECTOR_COUNT = 129
};

// As trap-entry.S and the processor push it. `esp` and `ss` are there only when the interrupted code ran in ring 3.
struct trap_frame {
    uint32_t es, ds, edi, esi, ebp, unused, ebx, edx, ecx, eax;
    uint32_t vector, error, eip, cs, eflags, esp, ss;
};

typedef void trap_handler(struct trap_frame *frame);

// Programs may raise these by INT3 and INTO.
static inline bool is_for_programs(unsigned vector) { return vector == VECTOR_BREAKPOINT || vector == VECTOR_OVERFLOW; }

static inline bool from_user(const struct trap_frame *frame) { return (frame->cs & 3) == 3; }

// Loads the IDT. A vector without a handler goes to the process that caused it as a signal or kills it, or stops the kernel.
void trap_init(void);
void trap_set_handler(unsigned vector, trap_handler *handler);

// What happens on a vector without handler; also for handlers that have no answer.
void trap_unhandled(struct trap_frame *frame);
