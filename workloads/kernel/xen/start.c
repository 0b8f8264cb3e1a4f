// Start of day in a domain: the page shared with Xen is mapped, Xen learns where to call, and start_info is read.
#include "frame.h"
#include "hypercall.h"
#include "paging.h"
#include "paravirt.h"
#include "selector.h"

extern uint32_t builder_stack;
extern uint8_t kernel_end[], event_callback[], failsafe_callback[];

// Its own memory is never used: the page that Xen shares takes its place in the address space.
struct shared_info shared_info __attribute__((aligned(4096)));

void machine_init(void) {
    page_table_init();
    update_mapping((uint32_t)&shared_info, start_info->shared_info | PAGE_PRESENT | PAGE_WRITABLE, UVMF_INVLPG);
    HYPERCALL4(HYPERCALL_SET_CALLBACKS, KERNEL_CODE, event_callback, KERNEL_CODE, failsafe_callback);
}

const char *machine_command_line(void) { return start_info->cmd_line; }

static uint32_t greater(uint32_t left, uint32_t right) { return left > right ? left : right; }

// Behind everything that the builder put into the first memory. Why: it may do so in another order than Xen's own.
uint32_t machine_memory_start(void) {
    uint32_t end = greater((uint32_t)kernel_end, builder_stack);
    end = greater(end, (uint32_t)(start_info + 1));
    end = greater(end, start_info->pt_base + start_info->nr_pt_frames * PAGE_BYTES);
    end = greater(end, start_info->mfn_list + start_info->nr_pages * sizeof(uint32_t));
    end = greater(end, start_info->mod_start + start_info->mod_len);
    return ((end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1u)) - KERNEL_BASE;
}

uint32_t machine_memory_end(void) {
    return start_info->nr_pages < MEMORY_LIMIT / PAGE_BYTES ? start_info->nr_pages * PAGE_BYTES : MEMORY_LIMIT;
}
