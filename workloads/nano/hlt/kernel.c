// The price of waking up: the kernel halts, and the tick of the timer ends the halt.
#include "marker.h"
#include "parameter.h"
#include "paravirt.h"
#include "scheduler.h"
#include "settings.h"
#include "workload.h"

// The flag is set by the tick. Nobody is scheduled here, for there are no processes.
static inline void wait_for_tick(void) {
    interrupts_disable();
    reschedule_wanted = false;
    while (!reschedule_wanted) {
        enable_and_halt();
        interrupts_disable();
    }
    interrupts_enable();
}

static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "hlt", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        wait_for_tick();
        report.checksum = checksum_fold(report.checksum, operation);
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

void workload_start(void) {
    struct report nothing = {.name = "hlt"};
    uint32_t operations = parameter_number(parameters, "operations");
    if (parameter_number(parameters, "timer") == 0) workload_finish(&nothing);
    run(2, false);
    struct report report = run(operations, true);
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
