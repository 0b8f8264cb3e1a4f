// The price of mapping memory and of giving it back (McVoy and Staelin's lat_mmap): a region is mapped, a few of its pages are written
// to, and it is unmapped.
#include "user-program.h"

enum { WARM_UP = 2, PAGE_WORDS = 1024, PAGE_BYTES = 4096, MAXIMUM_PAGES = 4096 };

struct mapping_plan { uint32_t pages, touched; };

// The sum of what the first pages hold after `value` went into the first word of each; 0 when there was no memory or it could not
// be given back. The second words must still be zero.
static MEASURED uint32_t map_and_unmap(struct mapping_plan plan, uint32_t value) {
    volatile uint32_t *mapping = map(plan.pages * PAGE_BYTES, 1);
    if (mapping == MAP_FAILED) return 0;
    uint32_t sum = 0;
    for (uint32_t page = 0; page < plan.touched; page++) {
        volatile uint32_t *words = mapping + page * PAGE_WORDS;
        words[0] = value;
        sum += words[0] + words[1];
    }
    return unmap((void *)mapping, plan.pages * PAGE_BYTES) == 0 ? sum : 0;
}

static MEASURED struct report run(struct mapping_plan plan, uint32_t operations, int measured) {
    struct report report = {.name = "mmap", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        uint32_t sum = map_and_unmap(plan, operation + 1);
        report.checksum = checksum_fold(report.checksum, sum);
        if (sum != plan.touched * (operation + 1)) report.ok = false;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

int main(const char *parameters) {
    struct mapping_plan plan = {.pages = parameter_number(parameters, "pages"), .touched = parameter_number(parameters, "touched")};
    struct report report = {.name = "mmap", .operations = parameter_number(parameters, "operations")};
    if (plan.pages == 0 || plan.pages > MAXIMUM_PAGES || plan.touched == 0) return finish(&report);
    if (plan.touched > plan.pages) plan.touched = plan.pages;
    run(plan, WARM_UP, 0);
    report = run(plan, report.operations, 1);
    marker_checkpoint(report.checksum);
    return finish(&report);
}
