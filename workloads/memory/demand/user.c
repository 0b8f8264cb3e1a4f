// Demand paging: a program touches one page after another of a mapping where nothing was before. Every page is a fault, a frame that the
// kernel clears, and a new entry, now and then a new table; no frame comes back, so that what lies below the kernel is touched first too.
#include "user-program.h"

enum { PAGE_WORDS = 1024, PAGE_BYTES = 4096, MAXIMUM_PAGES = 8192 };

static MEASURED struct report read_pages(volatile uint32_t *word, uint32_t pages) {
    struct report report = {.name = "demand", .operations = pages, .ok = true};
    marker_region_begin();
    for (uint32_t page = 0; page < pages; page++, word += PAGE_WORDS) {
        uint32_t value = *word;
        if (value != 0) report.ok = false;
        report.checksum = checksum_fold(report.checksum, value + page);
        marker_operation();
    }
    marker_region_end();
    return report;
}

static MEASURED struct report write_pages(volatile uint32_t *word, uint32_t pages) {
    struct report report = {.name = "demand", .operations = pages, .ok = true};
    marker_region_begin();
    for (uint32_t page = 0; page < pages; page++, word += PAGE_WORDS) {
        *word = page;
        report.checksum = checksum_fold(report.checksum, word[1] + page);
        marker_operation();
    }
    marker_region_end();
    return report;
}

// Every page still holds what it got, and zeros beside it.
static bool holds_its_numbers(const uint32_t *word, uint32_t pages, bool written) {
    bool ok = true;
    for (uint32_t page = 0; page < pages; page++, word += PAGE_WORDS) ok = ok && word[0] == (written ? page : 0) && word[PAGE_WORDS - 1] == 0;
    return ok;
}

int main(const char *parameters) {
    uint32_t pages = parameter_number(parameters, "operations");
    bool write = parameter_is(parameters, "access", "write");
    struct report report = {.name = "demand", .operations = pages};
    if (pages == 0 || pages > MAXIMUM_PAGES) return finish(&report);
    uint32_t *fresh = map(pages * PAGE_BYTES, 1);
    if (fresh == MAP_FAILED) return finish(&report);
    report = write ? write_pages(fresh, pages) : read_pages(fresh, pages);
    report.ok = report.ok && holds_its_numbers(fresh, pages, write);
    marker_checkpoint(report.checksum);
    return finish(&report);
}
