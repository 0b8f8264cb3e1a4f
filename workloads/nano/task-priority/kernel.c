// The price of the task priority: a critical section that holds lower interrupts off by the local APIC's register, as some kernels
// do where others use CLI and STI. Intel SDM vol. 3A, 10.8.3 Interrupt, Task, and Processor Priority.
#include "layout.h"
#include "marker.h"
#include "paging.h"
#include "parameter.h"
#include "paravirt.h"
#include "settings.h"
#include "workload.h"

#define LOCAL_APIC 0xFEE00000u
// A page of the window that no device has.
#define WINDOW (WINDOW_BASE + 0x1800000u)
#define TASK_PRIORITY (0x80 / 4)
enum { RAISED = 0x40, LOWERED = 0 };

static volatile uint32_t *local_apic;

static MEASURED struct report run(uint32_t operations, bool measured) {
    struct report report = {.name = "task-priority", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        local_apic[TASK_PRIORITY] = RAISED;
        uint32_t value = local_apic[TASK_PRIORITY];
        local_apic[TASK_PRIORITY] = LOWERED;
        report.checksum = checksum_fold(report.checksum, value);
        if (value != RAISED) report.ok = false;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

void workload_start(void) {
    uint32_t *entry = page_entry(kernel_directory_address(), WINDOW, true);
    map_page(WINDOW, entry, page_entry_value(LOCAL_APIC, PAGE_PRESENT | PAGE_WRITABLE | PAGE_ACCESSED | PAGE_DIRTY));
    local_apic = (volatile uint32_t *)WINDOW;
    run(8, false);
    struct report report = run(parameter_number(parameters, "operations"), true);
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
