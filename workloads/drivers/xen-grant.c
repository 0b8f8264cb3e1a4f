// The grant table, version 1: an entry is written last with its flags, and taken back only when nobody uses it (Xen, public/grant_table.h).
#include "xen-grant.h"
#include "layout.h"
#include "panic.h"
#include "xen-interface.h"
#include "xen-machine.h"

// The first entries are reserved for the tools.
enum { FRAMES = 4, ENTRIES = FRAMES * PAGE_BYTES / sizeof(struct grant_entry), FIRST = 8 };

static struct grant_entry entries[ENTRIES] __attribute__((aligned(PAGE_BYTES)));
static uint16_t next_free[ENTRIES];
static uint32_t first_free;

static void set_up(void) {
    for (uint32_t frame = 0; frame < FRAMES; frame++) {
        if (!xen_place_grant_frame(frame, FRAMES, (uint8_t *)entries + frame * PAGE_BYTES)) panic("no grant table", 0);
    }
    for (uint32_t entry = FIRST; entry < ENTRIES; entry++) next_free[entry] = (uint16_t)(entry + 1);
    first_free = FIRST;
}

uint32_t grant_page(const void *page, bool readonly) {
    if (first_free == 0) set_up();
    uint32_t reference = first_free;
    if (reference >= ENTRIES) panic("no grant left", 0);
    first_free = next_free[reference];
    entries[reference].frame = xen_frame(page);
    entries[reference].domain = DRIVER_DOMAIN;
    __asm__ volatile("" : : : "memory");
    entries[reference].flags = (uint16_t)(GTF_PERMIT_ACCESS | (readonly ? GTF_READONLY : 0));
    return reference;
}

void grant_end(uint32_t reference) {
    uint16_t flags = entries[reference].flags;
    if (flags & (GTF_READING | GTF_WRITING)) panic("a grant is still in use", 0);
    if (!__sync_bool_compare_and_swap(&entries[reference].flags, flags, 0)) panic("a grant came into use", 0);
    next_free[reference] = (uint16_t)first_free;
    first_free = reference;
}
