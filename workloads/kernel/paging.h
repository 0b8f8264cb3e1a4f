// Two-level page tables with 4 KiB pages (SDM vol. 3A, 4.3 32-Bit Paging).
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define PAGE_PRESENT 0x001u
#define PAGE_WRITABLE 0x002u
#define PAGE_USER 0x004u
#define PAGE_ACCESSED 0x020u
#define PAGE_DIRTY 0x040u
// Left to software by the manual.
#define PAGE_AVAILABLE 0x200u

#define FAULT_PROTECTION 1u
#define FAULT_WRITE 2u

// Makes the kernel's text and constants read-only.
void paging_init(void);

// A new directory with the kernel's half filled in, and its end. The user half must be empty again by then.
uint32_t directory_create(void);
void directory_destroy(uint32_t directory);

// The leaf entry of an address; null if there is no table for it and `create` is false.
uint32_t *page_entry(uint32_t directory, uint32_t address, bool create);

// Releases the table that covers an address, if there is one; its entries are the caller's business.
void page_table_release(uint32_t directory, uint32_t address);

// Physical memory below this is mapped at KERNEL_BASE.
uint32_t direct_map_end(void);
// Maps the next 4 MiB in every directory, with `table` as the page table.
void direct_map_extend(uint32_t table);
