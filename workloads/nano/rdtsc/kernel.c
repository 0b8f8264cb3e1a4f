// The price of reading the time-stamp counter in ring 0.
#include "marker.h"
#include "parameter.h"
#include "settings.h"
#include "workload.h"

static inline uint64_t read_time_stamp(void) {
    uint64_t value;
    __asm__ volatile("rdtsc" : "=A"(value));
    return value;
}

// Values differ from run to run, so only their order is checked.
static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "rdtsc", .operations = operations, .ok = true};
    uint64_t last = read_time_stamp();
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        uint64_t now = read_time_stamp();
        if (now < last) report.ok = false;
        last = now;
        report.checksum = checksum_fold(report.checksum, operation);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

void workload_start(void) {
    run(8, false);
    struct report report = run(parameter_number(parameters, "operations"), true);
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
