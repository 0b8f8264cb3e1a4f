// Flat segments and the one TSS.
#pragma once
#include <stdint.h>

// Tells the processor which stack to take when an interrupt or system call leaves ring 3.
void segment_set_kernel_stack(uint32_t top);
