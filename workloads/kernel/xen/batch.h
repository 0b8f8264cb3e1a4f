// Hypercalls that may wait: they are collected and issued together, in order, as one call (Barham et al. 2003, 3.3.3: updates are queued
// and committed before the TLB is flushed). Handlers of events add nothing, so no lock is needed.
#pragma once
#include "interface.h"

// How many calls it holds.
extern uint32_t batch_calls;

// Writes one entry, at a machine address, of a page table that Xen guards.
void batch_page_table_write(uint32_t machine_address, uint32_t value);
void batch_page_table_operation(uint32_t command, uint32_t argument);
void batch_stack_switch(uint32_t top);

// Issues what waits.
void batch_issue(void);

// What waits, and then one more thing; alone it goes without the batch.
void page_table_write(uint32_t machine_address, uint32_t value);
void page_table_operation(uint32_t command, uint32_t argument);
