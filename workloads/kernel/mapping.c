// Anonymous mappings between MAPPING_BASE and the stack. How their pages come into being is in page-fault.c.
// Simplification: mappings are removed and protected as a whole, and neighbours stay regions of their own.
#include "mapping.h"
#include "frame.h"
#include "paging.h"
#include "paravirt.h"

static uint32_t round_up(uint32_t bytes) { return (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1u); }

static const struct region *find_overlapping(const struct address_space *space, uint32_t start, uint32_t end) {
    for (uint32_t index = 0; index < space->region_count; index++) {
        const struct region *region = &space->regions[index];
        if (region->start < end && start < region->end) return region;
    }
    return 0;
}

// First fit: the lowest place where nothing is.
static uint32_t find_gap(const struct address_space *space, uint32_t bytes) {
    uint32_t start = MAPPING_BASE;
    while (bytes <= MAPPING_END - start) {
        const struct region *obstacle = find_overlapping(space, start, start + bytes);
        if (!obstacle) return start;
        start = obstacle->end;
    }
    return MAPPING_FAILED;
}

uint32_t mapping_create(struct address_space *space, uint32_t bytes, bool writable) {
    if (bytes == 0 || bytes > MAPPING_END - MAPPING_BASE) return MAPPING_FAILED;
    uint32_t start = find_gap(space, round_up(bytes));
    struct region region = {.start = start, .end = start + round_up(bytes), .writable = writable};
    return start != MAPPING_FAILED && address_space_add(space, &region) ? start : MAPPING_FAILED;
}

static struct region *find_mapping(struct address_space *space, uint32_t start, uint32_t bytes) {
    if (start < MAPPING_BASE || start >= MAPPING_END) return 0;
    for (struct region *region = space->regions; region < space->regions + space->region_count; region++)
        if (region->start == start && region->end - start == round_up(bytes)) return region;
    return 0;
}

static void clear_pages(uint32_t directory, const struct region *region) {
    for (uint32_t page = region->start; page < region->end; page += PAGE_BYTES) {
        uint32_t *entry = page_entry(directory, page, false);
        if (!entry || !(*entry & PAGE_PRESENT)) continue;
        frame_release(page_frame(*entry));
        write_entry_later(entry, 0);
    }
}

// A table goes with the last region in it.
static void release_tables(const struct address_space *space, const struct region *region) {
    for (uint32_t table = region->start >> 22; table <= (region->end - 1) >> 22; table++)
        if (!find_overlapping(space, table << 22, (table + 1) << 22)) page_table_release(space->directory, table << 22);
}

bool mapping_remove(struct address_space *space, uint32_t start, uint32_t bytes) {
    struct region *region = find_mapping(space, start, bytes);
    if (!region) return false;
    struct region removed = *region;
    *region = space->regions[--space->region_count];
    clear_pages(space->directory, &removed);
    release_tables(space, &removed);
    flush_tlb(space->directory);                // nobody runs before the TLB has forgotten the frames just released
    return true;
}

// A page that another process shares stays read-only: the page-fault handler will copy it.
static uint32_t protected_value(uint32_t value, bool writable) {
    bool exclusive = frame_references(page_frame(value)) == 1;
    return writable && exclusive ? value | PAGE_WRITABLE : value & ~PAGE_WRITABLE;
}

bool mapping_protect(struct address_space *space, uint32_t start, uint32_t bytes, bool writable) {
    struct region *region = find_mapping(space, start, bytes);
    if (!region) return false;
    region->writable = writable;
    for (uint32_t page = region->start; page < region->end; page += PAGE_BYTES) {
        uint32_t *entry = page_entry(space->directory, page, false);
        if (entry && *entry & PAGE_PRESENT) write_entry_later(entry, protected_value(*entry, writable));
    }
    flush_tlb(space->directory);
    return true;
}
