// The price of writing a live leaf entry of a page table, without INVLPG: each operation flips one of the bits that the
// processor ignores, so that the mapping stays as it is.
#include "frame.h"
#include "layout.h"
#include "marker.h"
#include "paging.h"
#include "parameter.h"
#include "paravirt.h"
#include "settings.h"
#include "workload.h"

#define PATTERN 0x5EEDF00Du

// Folds what each write left behind into the checksum: the bit is set after the first, clear after the second, and so on.
static MEASURED struct report run(volatile uint32_t *entry, uint32_t operations, bool measured) {
    struct report report = {.name = "ptemod", .operations = operations};
    uint32_t value = *entry, checksum = 0;
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        value ^= PAGE_AVAILABLE;
        write_entry(entry, value);
        checksum = checksum_fold(checksum, *entry & PAGE_AVAILABLE);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    report.checksum = checksum;
    report.ok = *entry == value;
    return report;
}

void workload_start(void) {
    volatile uint32_t *page = (volatile uint32_t *)WINDOW_BASE;
    uint32_t *entry = page_entry(kernel_directory_address(), WINDOW_BASE, true);
    map_page(WINDOW_BASE, entry, page_entry_value(frame_allocate_zeroed(), PAGE_PRESENT | PAGE_WRITABLE | PAGE_ACCESSED | PAGE_DIRTY));
    *page = PATTERN;
    run(entry, 8, false);
    *page = PATTERN;
    struct report report = run(entry, parameter_number(parameters, "operations"), true);
    report.ok = report.ok && *page == PATTERN;
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
