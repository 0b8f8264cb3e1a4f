// The page-fault handler (SDM vol. 3A, 6.15 Interrupt 14 and 4.7 Page-Fault Exceptions): pages appear when first touched,
// shared pages are copied when first written, anything else is for the process itself to handle, or its end.
#include "page-fault.h"
#include "frame.h"
#include "memory.h"
#include "paging.h"
#include "paravirt.h"
#include "process.h"
#include "trap.h"

static uint32_t greater(uint32_t left, uint32_t right) { return left > right ? left : right; }
static uint32_t lesser(uint32_t left, uint32_t right) { return left < right ? left : right; }

// Copies the part of the region's content that falls into one page.
static void fill_page(const struct region *region, uint32_t page, uint32_t frame) {
    uint32_t first = greater(page, region->content_start);
    uint32_t last = lesser(page + PAGE_BYTES, region->content_start + region->content_bytes);
    if (first >= last) return;
    memcpy((uint8_t *)physical_memory(frame) + (first - page), region->content + (first - region->content_start), last - first);
}

static void create_page(const struct region *region, uint32_t page, uint32_t *entry) {
    uint32_t frame = frame_allocate_zeroed();
    fill_page(region, page, frame);
    map_page(page, entry, page_entry_value(frame, PAGE_PRESENT | PAGE_USER | (region->writable ? PAGE_WRITABLE : 0)));
}

static void copy_on_write(uint32_t page, uint32_t *entry) {
    uint32_t shared = page_frame(*entry);
    if (frame_references(shared) == 1) {
        remap_page(page, entry, *entry | PAGE_WRITABLE);
    } else {
        uint32_t frame = frame_allocate();
        memcpy(physical_memory(frame), physical_memory(shared), PAGE_BYTES);
        remap_page(page, entry, page_entry_value(frame, PAGE_PRESENT | PAGE_USER | PAGE_WRITABLE));
        frame_release(shared);
    }
}

static bool resolve(struct address_space *space, uint32_t address, uint32_t error) {
    const struct region *region = address_space_find(space, address);
    if (!region || (error & FAULT_WRITE && !region->writable)) return false;
    uint32_t page = address & ~(PAGE_BYTES - 1u);
    uint32_t *entry = page_entry(space->directory, page, true);
    if (!(*entry & PAGE_PRESENT)) create_page(region, page, entry);
    else if (error & FAULT_WRITE) copy_on_write(page, entry);
    return true;
}

// The kernel too may touch user pages that are not there yet, while it copies for a system call.
static void page_fault(struct trap_frame *frame) {
    if (!resolve(&current->space, page_fault_address(), frame->error)) trap_unhandled(frame);
}

void page_fault_init(void) { trap_set_handler(VECTOR_PAGE_FAULT, page_fault); }
