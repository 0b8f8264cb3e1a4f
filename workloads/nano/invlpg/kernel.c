// The price of INVLPG for a page that is mapped, and stays so.
#include "frame.h"
#include "layout.h"
#include "marker.h"
#include "paging.h"
#include "parameter.h"
#include "paravirt.h"
#include "settings.h"
#include "workload.h"

#define PATTERN 0x5EEDF00Du

// Why: the page isn't touched in the loop, so a monitor that drops its translation has nothing to mend.
static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "invlpg", .operations = operations};
    uint32_t checksum = 0;
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        invalidate_page(WINDOW_BASE);
        checksum = checksum_fold(checksum, operation);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    report.checksum = checksum;
    return report;
}

void workload_start(void) {
    volatile uint32_t *page = (volatile uint32_t *)WINDOW_BASE;
    uint32_t *entry = page_entry(kernel_directory_address(), WINDOW_BASE, true);
    map_page(WINDOW_BASE, entry, page_entry_value(frame_allocate_zeroed(), PAGE_PRESENT | PAGE_WRITABLE | PAGE_ACCESSED | PAGE_DIRTY));
    *page = PATTERN;
    run(8, false);
    struct report report = run(parameter_number(parameters, "operations"), true);
    report.ok = *page == PATTERN;
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
