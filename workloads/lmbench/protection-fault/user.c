// The price of a protection fault that a program handles itself (McVoy and Staelin's lat_sig prot): a store to a read-only page, the
// kernel's way to the program's handler, and the way back, to the instruction behind the store.
#include "user-program.h"

enum { WARM_UP = 8, PAGE_BYTES = 4096, PAGE_FAULT = 14, USER_WRITE_TO_PRESENT_PAGE = 7, STORE_BYTES = 2 };

static struct {
    uint32_t faults, unexpected;
    volatile uint32_t *page;
} state;

static MEASURED void skip_store(struct signal_frame *frame) {
    state.faults++;
    bool expected = frame->vector == PAGE_FAULT && frame->error == USER_WRITE_TO_PRESENT_PAGE && frame->address == (uint32_t)state.page;
    if (!expected) state.unexpected++;
    frame->eip += STORE_BYTES;
}

// MOV from EAX to (EBX): 89 /r with two bytes.
static inline void store(volatile uint32_t *word, uint32_t value) {
    __asm__ volatile("movl %0, (%1)" : : "a"(value), "b"(word) : "memory");
}

static MEASURED struct report run(uint32_t faults, uint32_t operations, int measured) {
    struct report report = {.name = "protection-fault", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        store(state.page, operation + 1);
        report.checksum = checksum_fold(report.checksum, state.faults);
        if (state.faults != ++faults) report.ok = false;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

int main(const char *parameters) {
    struct report report = {.name = "protection-fault", .operations = parameter_number(parameters, "operations")};
    state.page = map(PAGE_BYTES, 0);
    if (state.page == MAP_FAILED || *state.page != 0) return finish(&report);
    handle_signals(skip_store);
    run(0, WARM_UP, 0);
    report = run(WARM_UP, report.operations, 1);
    if (state.unexpected != 0 || *state.page != 0) report.ok = false;
    marker_checkpoint(report.checksum);
    return finish(&report);
}
