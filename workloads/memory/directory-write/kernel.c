// The price of writing an entry of the directory in force: either one of the bits that the processor ignores is flipped, or the entry leads
// to another table from then on, so that all of its 4 MiB are another memory and the TLB must forget them.
#include "frame.h"
#include "layout.h"
#include "marker.h"
#include "paging.h"
#include "parameter.h"
#include "paravirt.h"
#include "settings.h"
#include "workload.h"

#define WINDOW_SLOT (WINDOW_BASE >> 22)
#define VALUE(table) (0x5EED0000u + (table))

static uint32_t *slot(void) { return (uint32_t *)physical_memory(kernel_directory_address()) + WINDOW_SLOT; }

// The entry of a table of its own behind the window, whose first page holds the table's number.
static uint32_t create_table(uint32_t number) {
    if (*slot() & PAGE_PRESENT) write_entry(slot(), 0);
    uint32_t *entry = page_entry(kernel_directory_address(), WINDOW_BASE, true);
    flush_tlb(kernel_directory_address());
    map_page(WINDOW_BASE, entry, page_entry_value(frame_allocate_zeroed(), PAGE_PRESENT | PAGE_WRITABLE | PAGE_ACCESSED | PAGE_DIRTY));
    *(volatile uint32_t *)WINDOW_BASE = VALUE(number);
    return *slot();
}

static MEASURED struct report flip_bit(volatile uint32_t *entry, uint32_t operations, bool measured) {
    struct report report = {.name = "directory-write", .operations = operations};
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
    report.ok = *entry == value && *(volatile uint32_t *)WINDOW_BASE == VALUE(1);
    return report;
}

static MEASURED struct report change_table(volatile uint32_t *entry, const uint32_t tables[2], uint32_t operations, bool measured) {
    struct report report = {.name = "directory-write", .operations = operations};
    uint32_t directory = kernel_directory_address(), checksum = 0;
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        write_entry_later(entry, tables[operation & 1]);
        flush_tlb(directory);
        checksum = checksum_fold(checksum, *(volatile uint32_t *)WINDOW_BASE);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    report.checksum = checksum;
    report.ok = *(volatile uint32_t *)WINDOW_BASE == VALUE((operations - 1) & 1);
    return report;
}

void workload_start(void) {
    uint32_t operations = parameter_number(parameters, "operations");
    const uint32_t tables[2] = {create_table(0), create_table(1)};
    bool bit = parameter_is(parameters, "change", "bit");
    struct report report;
    if (bit) {
        flip_bit(slot(), 8, false);
        report = flip_bit(slot(), operations, true);
    } else {
        change_table(slot(), tables, 8, false);
        report = change_table(slot(), tables, operations, true);
    }
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
