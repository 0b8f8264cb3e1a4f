// The end of the run, told to whoever started the machine.
#pragma once
#include <stdint.h>

enum { EXIT_OK = 0x10, EXIT_FAILED = 0x11, EXIT_PANIC = 0x12 };

// On a PC: writes `value` to the debug-exit port; the machine's exit code becomes (value << 1) | 1. Under a hypervisor the domain
// shuts down, by power-off when `value` is EXIT_OK, else as one that crashed.
_Noreturn void power_off(uint8_t value);
