// The user programs embedded in the image, and exec.
#pragma once
#include "trap.h"

// Replaces the current address space by a program and sets the frame to its start: ring 3, flat segments, the workload's
// parameters as the only argument. False, with nothing changed, if there is no such program or it is not a valid ELF file.
bool program_execute(const char *name, struct trap_frame *frame);
