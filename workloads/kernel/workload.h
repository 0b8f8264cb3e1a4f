// What the kernel asks of a workload, and what it offers to those that run in ring 0.
#pragma once
#include "report.h"

// Called once, at the end of boot. The default, in workload.c, starts the user program `init`; a workload's own kernel.c may
// define another, which returns when there are processes to run.
void workload_start(void);

// Prints the result line and stops the machine with the exit value that fits.
_Noreturn void workload_finish(const struct report *report);
