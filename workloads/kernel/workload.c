// The default workload is a user program; those of ring 0 report through here.
#include "workload.h"
#include "console.h"
#include "power.h"
#include "process.h"

__attribute__((weak)) void workload_start(void) { process_start_init(); }

void workload_finish(const struct report *report) {
    char line[REPORT_BYTES];
    console_write(line, report_format(line, report));
    power_off(report->ok ? EXIT_OK : EXIT_FAILED);
}
