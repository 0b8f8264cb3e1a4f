// The kernel goes round among address spaces: loads a directory, and reads one word of each of the pages that the space has at the same
// addresses as all others. No scheduler, no stack, no pipe: what is left of a context switch is what memory management does.
#include "address-space.h"
#include "frame.h"
#include "marker.h"
#include "paging.h"
#include "parameter.h"
#include "paravirt.h"
#include "settings.h"
#include "workload.h"

enum { MAXIMUM_SPACES = 24, MAXIMUM_PAGES = 256, PAGE_WORDS = 1024 };

static struct address_space spaces[MAXIMUM_SPACES];
static uint32_t space_count, page_count;

static void create_pages(const struct address_space *space, uint32_t number) {
    for (uint32_t page = 0; page < page_count; page++) {
        uint32_t frame = frame_allocate_zeroed();
        *(uint32_t *)physical_memory(frame) = number * MAXIMUM_PAGES + page;
        uint32_t *entry = page_entry(space->directory, MAPPING_BASE + page * PAGE_BYTES, true);
        write_entry_later(entry, page_entry_value(frame, PAGE_PRESENT | PAGE_USER | PAGE_WRITABLE));
    }
    commit_updates();
}

static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "address-spaces", .operations = operations};
    uint32_t checksum = 0, space = 0;
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        load_directory(spaces[space].directory);
        uint32_t sum = 0;
        const volatile uint32_t *word = (const volatile uint32_t *)MAPPING_BASE;
        for (uint32_t page = 0; page < page_count; page++, word += PAGE_WORDS) sum += *word;
        checksum = checksum_fold(checksum, sum);
        if (++space == space_count) space = 0;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    load_directory(kernel_directory_address());
    report.checksum = checksum;
    return report;
}

// Each page of each space, by the direct map: nothing was written.
static bool holds(void) {
    for (uint32_t number = 0; number < space_count; number++) {
        for (uint32_t page = 0; page < page_count; page++) {
            const uint32_t *entry = page_entry(spaces[number].directory, MAPPING_BASE + page * PAGE_BYTES, false);
            if (*(uint32_t *)physical_memory(page_frame(*entry)) != number * MAXIMUM_PAGES + page) return false;
        }
    }
    return true;
}

void workload_start(void) {
    uint32_t operations = parameter_number(parameters, "operations");
    struct report report = {.name = "address-spaces", .operations = operations};
    space_count = parameter_number(parameters, "spaces");
    page_count = parameter_number(parameters, "pages");
    if (space_count == 0 || space_count > MAXIMUM_SPACES || page_count == 0 || page_count > MAXIMUM_PAGES) workload_finish(&report);
    for (uint32_t number = 0; number < space_count; number++) {
        address_space_create(&spaces[number]);
        create_pages(&spaces[number], number);
    }
    run(2 * space_count, false);
    report = run(operations, true);
    report.ok = holds();
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
