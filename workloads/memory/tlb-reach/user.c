// The reach of the TLB: one word of each page of a working set, in turn, again and again. While the pages fit into the TLB no access
// walks the page tables; beyond its size every one does, for entries are evicted in the order in which they will be needed.
#include "user-program.h"

enum { PAGE_WORDS = 1024, PAGE_BYTES = 4096, MAXIMUM_PAGES = 4096 };

// One word of each page in turn. Everything lives in registers, so that the loop's only data are those pages.
static MEASURED uint32_t read_pages(volatile uint32_t *first, volatile uint32_t *end, uint32_t operations) {
    uint32_t sum = 0;
    volatile uint32_t *word = first;
    marker_region_begin();
    do {
        sum += *word;
        word += PAGE_WORDS;
        if (word == end) word = first;
        marker_operation();
    } while (--operations);
    marker_region_end();
    return sum;
}

// The same, and adds one to each.
static MEASURED uint32_t write_pages(volatile uint32_t *first, volatile uint32_t *end, uint32_t operations) {
    uint32_t sum = 0;
    volatile uint32_t *word = first;
    marker_region_begin();
    do {
        uint32_t value = *word;
        sum += value;
        *word = value + 1;
        word += PAGE_WORDS;
        if (word == end) word = first;
        marker_operation();
    } while (--operations);
    marker_region_end();
    return sum;
}

// Every page has its number, and one more for each time it was written.
static bool holds_its_numbers(const uint32_t *set, uint32_t pages, uint32_t sweeps, uint32_t rest) {
    bool ok = true;
    for (uint32_t page = 0; page < pages; page++) ok = ok && set[page * PAGE_WORDS] == page + 1 + sweeps + (page < rest);
    return ok;
}

int main(const char *parameters) {
    uint32_t pages = parameter_number(parameters, "pages");
    bool write = parameter_is(parameters, "access", "write");
    struct report report = {.name = "tlb-reach", .operations = parameter_number(parameters, "operations")};
    if (pages == 0 || pages > MAXIMUM_PAGES) return finish(&report);
    uint32_t *set = map(pages * PAGE_BYTES, 1);
    if (set == MAP_FAILED) return finish(&report);
    for (uint32_t page = 0; page < pages; page++) set[page * PAGE_WORDS] = page + 1;
    uint32_t *end = set + pages * PAGE_WORDS;
    report.checksum = write ? write_pages(set, end, report.operations) : read_pages(set, end, report.operations);
    uint32_t written = write ? report.operations : 0;
    report.ok = holds_its_numbers(set, pages, written / pages, written % pages);
    marker_checkpoint(report.checksum);
    return finish(&report);
}
