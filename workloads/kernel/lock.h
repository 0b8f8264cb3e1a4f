// Mutual exclusion on one processor: interrupts are held off and given back as they were found. Locks nest.
// The flags travel by PUSHF and POPF as in any real kernel of this architecture.
#pragma once
#include <stdint.h>

static inline uint32_t lock_interrupts(void) {
    uint32_t flags;
    __asm__ volatile("pushfl\n\tpopl %0\n\tcli" : "=r"(flags) : : "memory");
    return flags;
}

static inline void unlock_interrupts(uint32_t flags) {
    __asm__ volatile("pushl %0\n\tpopfl" : : "r"(flags) : "memory", "cc");
}
