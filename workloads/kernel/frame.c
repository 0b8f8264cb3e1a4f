// The frame allocator: frames never used so far come from a rising mark, released ones from a list threaded through them.
// Why: nothing is cleared or mapped before it is used, so boot takes no longer with much memory than with little.
#include "frame.h"
#include "memory.h"
#include "paging.h"
#include "panic.h"
#include "paravirt.h"

static uint16_t *references;
static uint32_t rising_mark, memory_end, free_list;

void frame_init(uint32_t start, uint32_t end) {
    memory_end = end < MEMORY_LIMIT ? end & ~(PAGE_BYTES - 1u) : MEMORY_LIMIT;
    references = physical_memory(start);
    uint32_t table_end = start + memory_end / PAGE_BYTES * sizeof *references;
    rising_mark = (table_end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1u);
    if (rising_mark >= memory_end) panic("too little memory", 0);
}

// Invariant: the frame returned lies within the direct map. The last frame of each mapped part becomes the table of the next.
static uint32_t frame_from_mark(void) {
    if (rising_mark + PAGE_BYTES == direct_map_end() && rising_mark + PAGE_BYTES < memory_end) {
        direct_map_extend(rising_mark);
        rising_mark += PAGE_BYTES;
    }
    if (rising_mark >= memory_end) panic("out of memory", 0);
    uint32_t frame = rising_mark;
    rising_mark += PAGE_BYTES;
    return frame;
}

static uint32_t frame_from_list(void) {
    uint32_t frame = free_list;
    free_list = *(uint32_t *)physical_memory(frame);
    return frame;
}

uint32_t frame_allocate(void) {
    uint32_t flags = lock_interrupts();
    uint32_t frame = free_list ? frame_from_list() : frame_from_mark();
    references[frame / PAGE_BYTES] = 1;
    unlock_interrupts(flags);
    return frame;
}

uint32_t frame_allocate_zeroed(void) {
    uint32_t frame = frame_allocate();
    memset(physical_memory(frame), 0, PAGE_BYTES);
    return frame;
}

void frame_share(uint32_t frame) {
    uint32_t flags = lock_interrupts();
    references[frame / PAGE_BYTES]++;
    unlock_interrupts(flags);
}

void frame_release(uint32_t frame) {
    uint32_t flags = lock_interrupts();
    if (--references[frame / PAGE_BYTES] == 0) {
        *(uint32_t *)physical_memory(frame) = free_list;
        free_list = frame;
    }
    unlock_interrupts(flags);
}

uint32_t frame_references(uint32_t frame) { return references[frame / PAGE_BYTES]; }
