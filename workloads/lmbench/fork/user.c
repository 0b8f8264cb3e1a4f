// The price of a process (McVoy and Staelin's lat_proc fork): a process with data of its own forks, the child exits, the parent waits.
#include "user-program.h"

enum { WARM_UP = 2, MAXIMUM_PAGES = 1024, PAGE_WORDS = 1024, CODE_MASK = 0x7F };

// A mapping whose pages all exist, each with its number in its first word.
static uint32_t *create_data(uint32_t pages) {
    uint32_t *data = map(pages * PAGE_WORDS * sizeof *data, 1);
    for (uint32_t page = 0; data != MAP_FAILED && page < pages; page++) data[page * PAGE_WORDS] = page;
    return data;
}

// Written by children only: the parent must never see what they write.
static volatile uint32_t result;

// The child looks at one page of the data that it shares with its parent. Like one that leaves through a C library it writes to its
// stack and to a page of its own data, and so copies both.
static __attribute__((noinline)) int32_t child(const uint32_t *word, uint32_t operation) {
    result = (*word + operation) & CODE_MASK;
    return (int32_t)result;
}

// One that works on its own data copies more: the last word of each of the first pages, which the parent must keep as zero.
static uint32_t copies;
static __attribute__((noinline)) int32_t child_that_writes(uint32_t *data, const uint32_t *word, uint32_t operation) {
    int32_t code = child(word, operation);
    for (uint32_t page = 0; page < copies; page++) data[page * PAGE_WORDS + PAGE_WORDS - 1] = operation + 1;
    for (uint32_t page = 0; page < copies; page++)
        if (data[page * PAGE_WORDS + PAGE_WORDS - 1] != operation + 1) return -1;
    return code;
}

static bool kept_zeros(const uint32_t *data, uint32_t pages) {
    bool ok = true;
    for (uint32_t page = 0; page < pages; page++) ok = ok && data[page * PAGE_WORDS] == page && data[page * PAGE_WORDS + PAGE_WORDS - 1] == 0;
    return ok;
}

static int32_t fork_and_wait(uint32_t *data, const uint32_t *word, uint32_t operation) {
    int32_t code = -1;
    bool writes = copies != 0;                  // asked here, so that the child's first access to its data is the write
    int32_t id = fork();
    if (id == 0) exit(writes ? child_that_writes(data, word, operation) : child(word, operation));
    return wait(&code) == id ? code : -1;
}

static MEASURED struct report run(uint32_t *data, uint32_t pages, uint32_t operations, bool measured) {
    struct report report = {.name = "fork", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        uint32_t page = operation % pages;
        int32_t code = fork_and_wait(data, &data[page * PAGE_WORDS], operation);
        report.checksum = checksum_fold(report.checksum, (uint32_t)code);
        if (code != (int32_t)((page + operation) & CODE_MASK) || result != 0) report.ok = false;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

int main(const char *parameters) {
    uint32_t pages = parameter_number(parameters, "pages");
    struct report report = {.name = "fork", .operations = parameter_number(parameters, "operations")};
    if (pages == 0 || pages > MAXIMUM_PAGES) return finish(&report);
    uint32_t *data = create_data(pages);
    copies = parameter_number(parameters, "copies");
    if (copies > pages) copies = pages;
    if (data == MAP_FAILED) return finish(&report);
    run(data, pages, WARM_UP, false);
    report = run(data, pages, report.operations, true);
    report.ok = report.ok && kept_zeros(data, pages);
    marker_checkpoint(report.checksum);
    return finish(&report);
}
