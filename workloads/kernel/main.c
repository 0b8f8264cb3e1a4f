// The kernel's start, in the order in which its parts need each other. Its end is in power.c.
#include "console.h"
#include "frame.h"
#include "page-fault.h"
#include "paging.h"
#include "parameter.h"
#include "paravirt.h"
#include "process.h"
#include "scheduler.h"
#include "settings.h"
#include "system-call.h"
#include "trap.h"
#include "workload.h"

_Noreturn void main(void) {
    machine_init();
    trap_init();
    console_init();
    settings_init();
    frame_init(machine_memory_start(), machine_memory_end());
    paging_init();
    process_init();
    page_fault_init();
    system_call_init();
    isolation_init(parameter_is(parameters, "isolation", "on"));
    interrupt_sources_init();
    timer_init(parameter_number(parameters, "timer"));
    interrupts_enable();
    workload_start();
    scheduler_idle();
}
