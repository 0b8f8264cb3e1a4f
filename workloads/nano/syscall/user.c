// The price of entering the kernel and coming back: INT 0x80 with the shortest of system calls (McVoy and Staelin's "null call").
#include "user-program.h"

static MEASURED struct report run(uint32_t operations, int measured) {
    struct report report = {.name = "syscall", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        uint32_t id = (uint32_t)process_id();
        report.checksum = checksum_fold(report.checksum, id);
        if (id != 1) report.ok = false;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

int main(const char *parameters) {
    run(8, 0);
    struct report report = run(parameter_number(parameters, "operations"), 1);
    marker_checkpoint(report.checksum);
    return finish(&report);
}
