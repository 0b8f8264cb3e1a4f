// Creating, copying and ending address spaces. How pages come into being is in page-fault.c.
#include "address-space.h"
#include "frame.h"
#include "paging.h"
#include "paravirt.h"

void address_space_create(struct address_space *space) {
    space->directory = directory_create();
    directory_hand_over(space->directory);
    space->region_count = 0;
}

bool address_space_add(struct address_space *space, const struct region *region) {
    if (space->region_count == MAXIMUM_REGIONS || region->start >= region->end || region->end > KERNEL_BASE) return false;
    space->regions[space->region_count++] = *region;
    return true;
}

const struct region *address_space_find(const struct address_space *space, uint32_t address) {
    for (uint32_t index = 0; index < space->region_count; index++) {
        const struct region *region = &space->regions[index];
        if (address >= region->start && address < region->end) return region;
    }
    return 0;
}

bool address_space_allows(const struct address_space *space, const void *start, uint32_t bytes, bool write) {
    const struct region *region = address_space_find(space, (uint32_t)start);
    return region && (region->writable || !write) && bytes <= region->end - (uint32_t)start;
}

// Both entries lose the right to write; the page-fault handler gives it back, to a copy or to the last one who shares.
static void share_page(uint32_t *entry, uint32_t *copy) {
    uint32_t value = *entry & ~PAGE_WRITABLE;
    write_entry_later(entry, value);
    write_entry_later(copy, value & ~(PAGE_ACCESSED | PAGE_DIRTY));
    frame_share(page_frame(value));
}

static void fork_region(uint32_t child, uint32_t parent, const struct region *region) {
    for (uint32_t address = region->start; address < region->end; address += PAGE_BYTES) {
        uint32_t *entry = page_entry(parent, address, false);
        if (entry && *entry & PAGE_PRESENT) share_page(entry, page_entry(child, address, true));
    }
}

void address_space_fork(struct address_space *child, struct address_space *parent) {
    *child = *parent;
    child->directory = directory_create();
    for (uint32_t index = 0; index < parent->region_count; index++)
        fork_region(child->directory, parent->directory, &parent->regions[index]);
    directory_hand_over(child->directory);
    flush_tlb(parent->directory);               // the TLB must forget the parent's right to write
}

static void release_pages(uint32_t directory, const struct region *region) {
    for (uint32_t address = region->start; address < region->end; address += PAGE_BYTES) {
        uint32_t *entry = page_entry(directory, address, false);
        if (entry && *entry & PAGE_PRESENT) frame_release(page_frame(*entry));
    }
}

// Regions may share a table, so tables go after all pages have gone.
void address_space_destroy(struct address_space *space) {
    directory_take_back(space->directory);
    for (uint32_t index = 0; index < space->region_count; index++) release_pages(space->directory, &space->regions[index]);
    for (uint32_t index = 0; index < space->region_count; index++) {
        const struct region *region = &space->regions[index];
        for (uint32_t table = region->start >> 22; table <= (region->end - 1) >> 22; table++)
            page_table_release(space->directory, table << 22);
    }
    directory_destroy(space->directory);
}
