// Many page-table entries written in a row, put in force a batch at a time: entries of one live table, each flipped in the bit left to software.
#include "frame.h"
#include "layout.h"
#include "marker.h"
#include "paging.h"
#include "parameter.h"
#include "paravirt.h"
#include "settings.h"
#include "workload.h"

enum { ENTRIES = 1024 };

// Folds how each entry was found into the checksum: clear in the first sweep, set in the second, and so on.
static MEASURED struct report run(uint32_t *table, uint32_t operations, uint32_t batch, bool measured) {
    struct report report = {.name = "pte-batch", .operations = operations};
    uint32_t checksum = 0, left = batch;
    uint32_t directory = kernel_directory_address();
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        uint32_t *entry = &table[operation % ENTRIES], flip = operation / ENTRIES % 2 ? 0 : PAGE_AVAILABLE;
        checksum = checksum_fold(checksum, operation);
        write_entry_later(entry, (*entry & ~PAGE_AVAILABLE) | flip);
        if (--left == 0) {
            flush_tlb(directory);
            left = batch;
        }
        if (measured) marker_operation();
    }
    if (left != batch) flush_tlb(directory);
    if (measured) marker_region_end();
    report.checksum = checksum;
    return report;
}

// Every entry as its last write left it, and still leading to the one frame.
static bool holds(const uint32_t *table, uint32_t operations, uint32_t frame) {
    for (uint32_t index = 0; index < ENTRIES; index++) {
        uint32_t writes = operations / ENTRIES + (index < operations % ENTRIES);
        if (page_frame(table[index]) != frame || !(table[index] & PAGE_AVAILABLE) != (writes % 2 == 0)) return false;
    }
    return true;
}

void workload_start(void) {
    uint32_t operations = parameter_number(parameters, "operations"), batch = parameter_number(parameters, "batch");
    uint32_t *table = page_entry(kernel_directory_address(), WINDOW_BASE, true);
    uint32_t frame = frame_allocate_zeroed();
    for (uint32_t index = 0; index < ENTRIES; index++)
        write_entry_later(&table[index], page_entry_value(frame, PAGE_PRESENT | PAGE_WRITABLE | PAGE_ACCESSED | PAGE_DIRTY));
    flush_tlb(kernel_directory_address());
    for (uint32_t index = 0; index < ENTRIES; index++) (*(volatile uint32_t *)(WINDOW_BASE + index * PAGE_BYTES))++;
    run(table, 2 * ENTRIES, batch ? batch : 1, false);
    struct report report = run(table, operations, batch ? batch : 1, true);
    report.ok = batch != 0 && holds(table, operations, frame) && *(volatile uint32_t *)WINDOW_BASE == ENTRIES;
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
