// The price of the shortest way into the kernel and back (McVoy and Staelin's lat_syscall null): getppid, asked by a child, so that
// there is a parent to name.
#include "user-program.h"

enum { WARM_UP = 8, FIRST_PROCESS = 1 };

static MEASURED struct report run(uint32_t operations, int measured) {
    struct report report = {.name = "null-call", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        uint32_t id = (uint32_t)parent_id();
        report.checksum = checksum_fold(report.checksum, id);
        if (id != FIRST_PROCESS) report.ok = false;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

static int measure(uint32_t operations) {
    run(WARM_UP, 0);
    struct report report = run(operations, 1);
    marker_checkpoint(report.checksum);
    return finish(&report);
}

int main(const char *parameters) {
    int32_t code = 1;
    int32_t id = fork();
    if (id == 0) exit(measure(parameter_number(parameters, "operations")));
    return id > 0 && wait(&code) == id ? code : 1;
}
