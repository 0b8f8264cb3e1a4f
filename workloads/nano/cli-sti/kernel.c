// The price of holding interrupts off and letting them in again: CLI and STI, or two writes to memory where the kernel is paravirtual.
#include "marker.h"
#include "parameter.h"
#include "paravirt.h"
#include "settings.h"
#include "workload.h"

static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "cli-sti", .operations = operations};
    uint32_t checksum = 0;
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        interrupts_disable();
        checksum = checksum_fold(checksum, operation);
        interrupts_enable();
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    report.checksum = checksum;
    report.ok = true;
    return report;
}

void workload_start(void) {
    run(8, false);
    struct report report = run(parameter_number(parameters, "operations"), true);
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
