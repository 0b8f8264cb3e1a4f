// The price of a port read in ring 0: IN from port 0x80, where no device answers and the bus reads as ones.
#include "instruction.h"
#include "marker.h"
#include "parameter.h"
#include "settings.h"
#include "workload.h"

#define DIAGNOSTIC_PORT 0x80
#define FLOATING_BUS 0xFF

static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "in", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        uint8_t value = port_read(DIAGNOSTIC_PORT);
        report.checksum = checksum_fold(report.checksum, value);
        if (value != FLOATING_BUS) report.ok = false;
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
