// The kernel's end when it can't go on.
#pragma once
#include "trap.h"

// Prints the reason, and the registers when there is a frame, and stops the machine with exit value EXIT_PANIC.
_Noreturn void panic(const char *reason, const struct trap_frame *frame);
