// Markers tell an observer where the measured region lies. A marker is the long NOP `nopl disp32(%eax)`, so it means nothing
// to a processor and may stand in any ring (SDM vol. 2, NOP). What is measured does not live here.
#pragma once
#include <stdint.h>

#define MARKER(number, value) \
    __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n\t.long %c1" : : "a"(value), "i"(0x57530000 + (number)) : "memory")

static inline void marker_region_begin(void) { MARKER(1, 0); }
static inline void marker_region_end(void) { MARKER(2, 0); }
static inline void marker_operation(void) { MARKER(3, 0); }

// The value stands in EAX, where a checkpoint is compared with bare metal's.
static inline void marker_checkpoint(uint32_t value) { MARKER(4, value); }

// A measured loop lies within one page, markers included, and is compiled once, so that a warm-up call touches all of its code.
#define MEASURED __attribute__((noipa, aligned(512)))
