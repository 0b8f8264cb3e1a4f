// The price of an exception: a division by zero in ring 3, which the kernel's handler skips.
#include "user-program.h"

// EDX comes back as the number of divisions that failed so far.
static inline uint32_t divide_by_zero(uint32_t dividend) {
    uint32_t faults = 0;
    __asm__ volatile("divl %2" : "+a"(dividend), "+d"(faults) : "r"(0) : "cc");
    return faults;
}

static MEASURED struct report run(uint32_t faults, uint32_t operations, int measured) {
    struct report report = {.name = "divzero", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        uint32_t count = divide_by_zero(operation);
        report.checksum = checksum_fold(report.checksum, count);
        if (count != ++faults) report.ok = false;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

int main(const char *parameters) {
    enum { WARM_UP = 8 };
    run(0, WARM_UP, 0);
    struct report report = run(WARM_UP, parameter_number(parameters, "operations"), 1);
    marker_checkpoint(report.checksum);
    return finish(&report);
}
