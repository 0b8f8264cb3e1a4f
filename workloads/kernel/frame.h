// Physical memory in frames of 4 KiB, with a count of references for frames that processes share.
#pragma once
#include "layout.h"
#include <stdint.h>

// The kernel's view of a physical address, through the direct map.
static inline void *physical_memory(uint32_t address) { return (void *)(address + KERNEL_BASE); }

// Memory from `start` to `end` is free; both are physical addresses.
void frame_init(uint32_t start, uint32_t end);

// A frame with one reference and undefined contents; the kernel panics when none is left.
uint32_t frame_allocate(void);
uint32_t frame_allocate_zeroed(void);

void frame_share(uint32_t frame);
// Drops one reference; the last one frees the frame.
void frame_release(uint32_t frame);
uint32_t frame_references(uint32_t frame);
