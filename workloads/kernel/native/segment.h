// Flat segments and the one TSS.
#pragma once
#include <stdint.h>

// Tells the processor which stack to take when an interrupt or system call leaves ring 3.
void segment_set_kernel_stack(uint32_t top);

// Has the processor use a copy of the TSS from now on, with one stack for all processes. What segment_set_kernel_stack says is then
// for the kernel alone.
#define TASK_STATE_BYTES 104
void segment_move_task_state(void *place, uint32_t stack);
