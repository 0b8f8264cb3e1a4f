// Page-table isolation (Gruss et al., "KASLR is Dead: Long Live KASLR", ESSoS 2017): while a program runs, the directory in force maps of
// the kernel no more than what a trap needs to enter it. An option of the native build, `isolation=on`.
#pragma once
#include "layout.h"
#include <stdbool.h>
#include <stdint.h>

extern bool isolated;

// Gives a directory its partner, the one that programs run on, and takes it away again.
void isolation_pair(uint32_t directory);
void isolation_part(uint32_t directory);

// An entry of a directory's user half was written: its partner's follows.
void isolation_follow(volatile uint32_t *slot);
