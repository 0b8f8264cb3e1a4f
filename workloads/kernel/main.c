// The kernel's start, in the order in which its parts need each other. Its end is in power.c.
#include "console.h"
#include "frame.h"
#include "instruction.h"
#include "page-fault.h"
#include "paging.h"
#include "panic.h"
#include "parameter.h"
#include "pic.h"
#include "process.h"
#include "scheduler.h"
#include "segment.h"
#include "settings.h"
#include "system-call.h"
#include "timer.h"
#include "workload.h"

extern uint32_t boot_memory_upper;              // KiB above 1 MiB, as Multiboot counts

#define ONE_MIB 0x100000u

_Noreturn void main(void) {
    segment_init();
    trap_init();
    console_init();
    settings_init();
    if (boot_memory_upper == 0) panic("the boot loader did not tell the amount of memory", 0);
    uint32_t upper = boot_memory_upper < MEMORY_LIMIT / 1024 ? boot_memory_upper : MEMORY_LIMIT / 1024;
    frame_init(ONE_MIB + upper * 1024);
    paging_init();
    process_init();
    page_fault_init();
    system_call_init();
    pic_init();
    timer_init(parameter_number(parameters, "timer"));
    interrupts_enable();
    workload_start();
    scheduler_idle();
}
