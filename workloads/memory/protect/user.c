// Changing rights: a program takes the right to write from a mapping and gives it back, with or without touching its pages in between.
#include "user-program.h"

enum { WARM_UP = 2, PAGE_WORDS = 1024, PAGE_BYTES = 4096, MAXIMUM_PAGES = 2048, PAGE_FAULT = 14, USER_WRITE_TO_PRESENT_PAGE = 7, STORE_BYTES = 2 };

static struct { uint32_t pages, touched, refused; } state;

static uint32_t read_pages(const volatile uint32_t *words) {
    uint32_t sum = 0;
    for (uint32_t page = 0; page < state.touched; page++) sum += words[page * PAGE_WORDS];
    return sum;
}

static void write_pages(volatile uint32_t *words) {
    for (uint32_t page = 0; page < state.touched; page++) words[page * PAGE_WORDS]++;
}

static MEASURED struct report run(uint32_t *words, uint32_t operations, int measured) {
    struct report report = {.name = "protect", .operations = operations, .ok = true};
    uint32_t bytes = state.pages * PAGE_BYTES;
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        if (protect(words, bytes, 0) != 0) report.ok = false;
        uint32_t sum = read_pages(words);
        if (protect(words, bytes, 1) != 0) report.ok = false;
        write_pages(words);
        report.checksum = checksum_fold(report.checksum, sum);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

static void skip_store(struct signal_frame *frame) {
    if (frame->vector == PAGE_FAULT && frame->error == USER_WRITE_TO_PRESENT_PAGE) state.refused++;
    frame->eip += STORE_BYTES;
}

// MOV from EAX to (EBX): 89 /r with two bytes.
static void store(volatile uint32_t *word, uint32_t value) {
    __asm__ volatile("movl %0, (%1)" : : "a"(value), "b"(word) : "memory");
}

// Without the right no page takes a store, and with it again each does.
static bool is_protected(uint32_t *words, uint32_t before) {
    bool ok = protect(words, state.pages * PAGE_BYTES, 0) == 0;
    handle_signals(skip_store);
    for (uint32_t page = 0; page < state.pages; page++) store(&words[page * PAGE_WORDS], 0);
    ok = ok && state.refused == state.pages && protect(words, state.pages * PAGE_BYTES, 1) == 0;
    for (uint32_t page = 0; page < state.pages; page++) {
        uint32_t expected = page + (page < state.touched ? before : 0);
        if (words[page * PAGE_WORDS] != expected) ok = false;
        store(&words[page * PAGE_WORDS], 0);
    }
    return ok && state.refused == state.pages;
}

int main(const char *parameters) {
    state.pages = parameter_number(parameters, "pages");
    state.touched = parameter_number(parameters, "touched");
    struct report report = {.name = "protect", .operations = parameter_number(parameters, "operations")};
    if (state.pages == 0 || state.pages > MAXIMUM_PAGES) return finish(&report);
    if (state.touched > state.pages) state.touched = state.pages;
    uint32_t *words = map(state.pages * PAGE_BYTES, 1);
    if (words == MAP_FAILED) return finish(&report);
    for (uint32_t page = 0; page < state.pages; page++) words[page * PAGE_WORDS] = page;
    run(words, WARM_UP, 0);
    report = run(words, report.operations, 1);
    report.ok = report.ok && is_protected(words, WARM_UP + report.operations);
    marker_checkpoint(report.checksum);
    return finish(&report);
}
