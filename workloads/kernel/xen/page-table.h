// Page tables under direct paging (Barham et al. 2003, 3.3.3): the processor walks the kernel's own tables, so these hold machine frames,
// and tables in use are guarded: mapped read-only, and written to by hypercalls only, which Xen validates.
#pragma once
#include "batch.h"
#include "layout.h"
#include <stdbool.h>
#include <stdint.h>

// Frames as the machine counts them, by the kernel's count, and the other way round.
extern const uint32_t *phys_to_machine;
#define MACHINE_TO_PHYS ((const uint32_t *)MACH2PHYS_VIRT_START)

static inline uint32_t machine_frame(uint32_t physical) { return phys_to_machine[physical / PAGE_BYTES]; }

static inline uint32_t machine_address(const volatile void *in_direct_map) {
    uint32_t physical = (uint32_t)in_direct_map - KERNEL_BASE;
    return machine_frame(physical) * PAGE_BYTES | physical % PAGE_BYTES;
}

// Takes over the directory and tables that the domain builder made.
void page_table_init(void);

// One bit for each frame.
extern uint32_t guarded[MEMORY_LIMIT / PAGE_BYTES / 32];
static inline bool is_guarded(uint32_t frame) { return guarded[frame / PAGE_BYTES / 32] >> (frame / PAGE_BYTES % 32) & 1; }

// A directory with all tables of its user half comes under guard and is pinned, which is when Xen validates it; and the reverse.
// Releasing is done at once, guarding with the next commit.
void directory_guard(uint32_t directory);
void directory_release(uint32_t directory);
void table_guard(uint32_t table);
void table_release(uint32_t table);

// One leaf entry of the directory in force, found by Xen itself.
void update_mapping(uint32_t address, uint32_t value, uint32_t flags);

// The directory in force, by the kernel's count.
extern uint32_t current_directory;
