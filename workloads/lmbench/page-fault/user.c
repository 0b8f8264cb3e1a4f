// The price of a page fault (McVoy and Staelin's lat_pagefault): pages of a fresh mapping are touched, each once. A round is one mapping;
// it is made and taken away outside the measured region.
#include "user-program.h"

enum { PAGE_WORDS = 1024, PAGE_BYTES = 4096, WARM_PAGES = 8, MAXIMUM_PAGES = 1000 };

// Writing puts the page's number in; reading finds a zero and gives the number too.
static MEASURED uint32_t touch(volatile uint32_t *mapping, uint32_t count, bool write, bool measured, uint32_t checksum) {
    if (measured) marker_region_begin();
    for (uint32_t page = 0; page < count; page++) {
        uint32_t value = page + 1;
        if (write) mapping[page * PAGE_WORDS] = value;
        else value += mapping[page * PAGE_WORDS];
        checksum = checksum_fold(checksum, value);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return checksum;
}

static bool holds_what_was_written(const uint32_t *mapping, uint32_t count, bool write) {
    bool ok = true;
    for (uint32_t page = 0; page < count; page++) {
        const uint32_t *words = mapping + page * PAGE_WORDS;
        ok = ok && words[0] == (write ? page + 1 : 0) && words[1] == 0 && words[PAGE_WORDS - 1] == 0;
    }
    return ok;
}

// The first pages create the page table and warm up the kernel; the `count` pages behind them are the measured ones.
static bool run_round(struct report *report, uint32_t count, bool write, bool measured) {
    uint32_t bytes = (WARM_PAGES + count) * PAGE_BYTES;
    uint32_t *mapping = map(bytes, 1);
    if (mapping == MAP_FAILED) return false;
    touch(mapping, WARM_PAGES, write, false, 0);
    uint32_t *fresh = mapping + WARM_PAGES * PAGE_WORDS;
    report->checksum = touch(fresh, count, write, measured, report->checksum);
    return holds_what_was_written(fresh, count, write) && unmap(mapping, bytes) == 0;
}

int main(const char *parameters) {
    uint32_t pages = parameter_number(parameters, "pages");
    bool write = parameter_is(parameters, "access", "write");
    struct report report = {.name = "page-fault", .operations = parameter_number(parameters, "operations")};
    if (pages == 0 || pages > MAXIMUM_PAGES) return finish(&report);
    report.ok = run_round(&report, pages, write, false);
    report.checksum = 0;
    for (uint32_t left = report.operations; report.ok && left > 0;) {
        uint32_t count = left < pages ? left : pages;
        report.ok = run_round(&report, count, write, true);
        left -= count;
    }
    marker_checkpoint(report.checksum);
    return finish(&report);
}
