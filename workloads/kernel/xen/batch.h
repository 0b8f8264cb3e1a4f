// Hypercalls that may wait: they are collected and issued together, in order, as one call (Xen 2003, 3.3.3: updates are queued and
// committed before the TLB is flushed). Interrupt handlers add nothing, so no lock is needed.
#pragma once
#include "interface.h"
#include <stdbool.h>

bool batch_is_empty(void);
// Writes one entry, at a machine address, of a page table that Xen guards.
void batch_page_table_write(uint32_t machine_address, uint32_t value);
void batch_page_table_operation(uint32_t command, uint32_t argument);
void batch_stack_switch(uint32_t top);

// Xen refuses nothing that this kernel asks for; if it does, the kernel panics.
void batch_issue(void);
