// The price of loading CR3, here with the value that it already holds, as when a kernel flushes the TLB.
#include "marker.h"
#include "parameter.h"
#include "paravirt.h"
#include "settings.h"
#include "workload.h"

// Why: the loop touches no memory but its own code, so a monitor that drops all translations has the same to mend every time.
static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "cr3wr", .operations = operations};
    uint32_t directory = kernel_directory_address(), checksum = 0;
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        load_directory(directory);
        checksum = checksum_fold(checksum, operation);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    report.checksum = checksum;
    report.ok = loaded_directory() == directory;
    return report;
}

void workload_start(void) {
    run(8, false);
    struct report report = run(parameter_number(parameters, "operations"), true);
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
