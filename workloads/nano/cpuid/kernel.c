// The price of CPUID in ring 0: nothing much on hardware, an exit in every virtual machine of VT-x or AMD-V.
#include "marker.h"
#include "parameter.h"
#include "settings.h"
#include "workload.h"

struct identification { uint32_t eax, ebx, ecx, edx; };

static inline struct identification identify(void) {
    struct identification found;
    __asm__ volatile("cpuid" : "=a"(found.eax), "=b"(found.ebx), "=c"(found.ecx), "=d"(found.edx) : "0"(0), "2"(0));
    return found;
}

// Leaf 0: the highest leaf and the vendor's name, which differ from processor to processor but not from one time to the next.
static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "cpuid", .operations = operations};
    struct identification first = identify();
    uint32_t checksum = 0, changed = 0;
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        struct identification found = identify();
        changed |= (found.eax ^ first.eax) | (found.ebx ^ first.ebx) | (found.ecx ^ first.ecx) | (found.edx ^ first.edx);
        checksum = checksum_fold(checksum, operation);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    report.checksum = checksum;
    report.ok = changed == 0 && first.eax >= 1 && first.ebx != 0;
    return report;
}

void workload_start(void) {
    run(8, false);
    struct report report = run(parameter_number(parameters, "operations"), true);
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
