// Demand paging and copy-on-write.
#pragma once

// Installs the handler of page faults.
void page_fault_init(void);
