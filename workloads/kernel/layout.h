// The address space in one place, for C, assembly and linker script: user programs below KERNEL_BASE, physical memory
// directly mapped above it (kernel included), a window for workloads that map pages of their own.
#pragma once

#define KERNEL_BASE 0xC0000000
#define WINDOW_BASE 0xF0000000
#define USER_STACK_TOP KERNEL_BASE
#define USER_STACK_BYTES 0x10000
// Where mappings go that a program asks for while it runs.
#define MAPPING_BASE 0x40000000
#define MAPPING_END (USER_STACK_TOP - USER_STACK_BYTES)
#define PAGE_BYTES 4096
// Simplification: memory beyond this is left alone, so that all of it fits between KERNEL_BASE and the window.
#define MEMORY_LIMIT 0x20000000
#define COMMAND_LINE_BYTES 1024
