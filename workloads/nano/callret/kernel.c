// The price of a near call and its return in ring 0: nothing on hardware, a look-up where kernel code is translated.
#include "marker.h"
#include "parameter.h"
#include "settings.h"
#include "workload.h"

__asm__(".pushsection .text\n"
        ".balign 16\n"
        "callee:\n\t"
        "incl %edx\n\t"
        "ret\n"
        ".popsection");

static inline uint32_t call_callee(uint32_t count) {
    __asm__ volatile("call callee" : "+d"(count) : : "cc", "memory");
    return count;
}

static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "callret", .operations = operations};
    uint32_t count = 0, checksum = 0;
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        count = call_callee(count);
        checksum = checksum_fold(checksum, count);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    report.checksum = checksum;
    report.ok = count == operations;
    return report;
}

void workload_start(void) {
    run(8, false);
    struct report report = run(parameter_number(parameters, "operations"), true);
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
