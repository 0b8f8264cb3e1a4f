// Xen as a paravirtual domain has it: hypercalls through the kernel's page, machine frames, and what start_info tells.
#include "event.h"
#include "frame.h"
#include "hypercall.h"
#include "layout.h"
#include "paging.h"
#include "paravirt.h"
#include "xen-interface.h"
#include "xen-machine.h"

bool xen_find(void) { return true; }

int32_t xen_call(uint32_t number, uint32_t first, uint32_t second, uint32_t third) {
    switch (number) {
    case CALL_GRANT_TABLE_OP: return HYPERCALL3(CALL_GRANT_TABLE_OP, first, second, third);
    case CALL_EVENT_CHANNEL_OP: return HYPERCALL2(CALL_EVENT_CHANNEL_OP, first, second);
    default: return -1;
    }
}

uint32_t xen_frame(const void *page) { return machine_frame((uint32_t)page - KERNEL_BASE); }

bool xen_place_grant_frame(uint32_t index, uint32_t count, void *page) {
    uint32_t frames[8];
    struct gnttab_setup_table table = {.dom = DOMAIN_SELF, .nr_frames = count, .frame_list = frames};
    if (count > 8 || xen_call(CALL_GRANT_TABLE_OP, GNTTABOP_SETUP_TABLE, (uint32_t)&table, 1) < 0 || table.status != 0) return false;
    update_mapping((uint32_t)page, frames[index] * PAGE_BYTES | PAGE_PRESENT | PAGE_WRITABLE, UVMF_INVLPG);
    return true;
}

// The builder has mapped it with everything else.
struct xenstore_domain_interface *xen_store_page(void) { return physical_memory(MACHINE_TO_PHYS[start_info->store_mfn] * PAGE_BYTES); }

uint32_t xen_store_port(void) { return start_info->store_evtchn; }

void xen_event_handle(uint32_t port, void (*handler)(void)) { event_handle(port, handler); }
