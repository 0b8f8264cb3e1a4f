// The interrupt descriptor table's gates.
#pragma once
#include <stdint.h>

#define GATE_INTERRUPT 0x8E00u
#define GATE_TRAP 0x8F00u

// Directs exceptions and interrupts to entries of 16 bytes each, and system calls through a gate of the type given.
void interrupt_table_enter_at(const uint8_t *entries, const uint8_t *system_call_entry, uint32_t system_call_gate);
