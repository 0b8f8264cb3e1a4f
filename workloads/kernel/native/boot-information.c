// What the Multiboot loader said, as boot.S kept it.
#include "layout.h"
#include "panic.h"
#include "paravirt.h"

extern const char boot_command_line[COMMAND_LINE_BYTES];
extern uint32_t boot_memory_upper;              // KiB above 1 MiB, as Multiboot counts
extern uint8_t kernel_end[];

#define ONE_MIB 0x100000u

const char *machine_command_line(void) { return boot_command_line; }

uint32_t machine_memory_start(void) { return (uint32_t)kernel_end - KERNEL_BASE; }

uint32_t machine_memory_end(void) {
    if (boot_memory_upper == 0) panic("the boot loader did not tell the amount of memory", 0);
    uint32_t upper = boot_memory_upper < MEMORY_LIMIT / 1024 ? boot_memory_upper : MEMORY_LIMIT / 1024;
    return ONE_MIB + upper * 1024;
}
