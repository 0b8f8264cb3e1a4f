// The tick that takes the processor away from a process.
#pragma once
#include <stdint.h>

// Ticks come at 1193182 / `divisor` hertz; 0 leaves the timer off and its interrupt masked.
void timer_init(uint32_t divisor);
