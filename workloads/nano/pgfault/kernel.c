// The price of a page fault and of the one page-table write that mends it. A round touches fresh pages, each once; between
// rounds, outside the measured region, their entries are cleared again and the TLB is flushed.
#include "frame.h"
#include "layout.h"
#include "marker.h"
#include "paging.h"
#include "panic.h"
#include "parameter.h"
#include "paravirt.h"
#include "settings.h"
#include "trap.h"
#include "workload.h"

enum { ROUND_PAGES = 50, WARM_PAGES = 8, PAGES = ROUND_PAGES + WARM_PAGES };

// Everything the handler reads lies within one page, so a round of warm-up pages has touched all of it.
static struct {
    uint32_t faults;
    volatile uint32_t *entries;                 // the leaf entries of the window's pages
    uint32_t mended[PAGES];                     // what the handler writes to them
} state __attribute__((aligned(512)));

static MEASURED void mend(struct trap_frame *frame) {
    uint32_t address = page_fault_address(), page = (address - WINDOW_BASE) / PAGE_BYTES;
    if (page >= PAGES) panic("page fault outside the window", frame);
    state.faults++;
    map_page(address, &state.entries[page], state.mended[page]);
}

static volatile uint32_t *first_word(uint32_t page) { return (volatile uint32_t *)(WINDOW_BASE + page * PAGE_BYTES); }

// Touches `count` pages from `first` on. Reading folds what the pages hold into the checksum, writing what goes into them.
static MEASURED uint32_t touch(uint32_t first, uint32_t count, bool write, bool measured, uint32_t checksum) {
    if (measured) marker_region_begin();
    for (uint32_t page = first; page < first + count; page++) {
        uint32_t value = page + 1;
        if (write) *first_word(page) = value;
        else value = *first_word(page);
        checksum = checksum_fold(checksum, value);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return checksum;
}

// Takes all pages away, and faults on the warm-up pages so that only the other pages are fresh.
static void arm(bool write) {
    for (uint32_t page = 0; page < PAGES; page++) write_entry_later(&state.entries[page], 0);
    flush_tlb(kernel_directory_address());
    touch(ROUND_PAGES, WARM_PAGES, write, false, 0);
}

static void prepare(uint32_t status) {
    trap_set_handler(VECTOR_PAGE_FAULT, mend);
    state.entries = page_entry(kernel_directory_address(), WINDOW_BASE, true);
    for (uint32_t page = 0; page < PAGES; page++) {
        uint32_t frame = frame_allocate();
        *(uint32_t *)physical_memory(frame) = page + 1;
        state.mended[page] = page_entry_value(frame, status | PAGE_PRESENT | PAGE_WRITABLE);
    }
}

// Through the direct map, that is past the mappings under test.
static bool frames_hold_their_numbers(void) {
    bool ok = true;
    for (uint32_t page = 0; page < PAGES; page++) ok = ok && *(uint32_t *)physical_memory(page_frame(state.mended[page])) == page + 1;
    return ok;
}

void workload_start(void) {
    uint32_t operations = parameter_number(parameters, "operations");
    bool write = parameter_is(parameters, "access", "write");
    prepare(parameter_number(parameters, "accessed") ? PAGE_ACCESSED | PAGE_DIRTY : 0);
    arm(write);
    touch(0, ROUND_PAGES, write, false, 0);
    struct report report = {.name = "pgfault", .operations = operations};
    uint32_t expected_faults = state.faults;
    for (uint32_t left = operations; left > 0;) {
        uint32_t count = left < ROUND_PAGES ? left : ROUND_PAGES;
        arm(write);
        report.checksum = touch(0, count, write, true, report.checksum);
        expected_faults += WARM_PAGES + count;
        left -= count;
    }
    report.ok = state.faults == expected_faults && frames_hold_their_numbers();
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
