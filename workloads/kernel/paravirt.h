// The paravirt layer: all that the kernel asks of the machine and that its two builds do differently. `native/` answers with the
// processor's own instructions and a PC's chips, `xen/` with hypercalls and a page shared with the hypervisor; each folder has the same
// headers, and the include path of the build chooses. Everything beside these two folders is the same source in both builds.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// Start of day: the segments or the shared page, and what the boot loader or the domain builder said.
void machine_init(void);
const char *machine_command_line(void);
// Physical memory that the kernel may use: from the end of all that stands there at boot, to the end of memory.
uint32_t machine_memory_start(void);
uint32_t machine_memory_end(void);

// Directs exceptions and interrupts to trap_entries and system calls to trap_entry_system_call. System calls run with interrupts on.
void machine_load_traps(void);

// Interrupts: all sources silent, then the tick at 1193182 / `divisor` hertz; 0 leaves it off.
void interrupt_sources_init(void);
void timer_init(uint32_t divisor);

// Page-table isolation, if it is wanted: from now on processes get directories of two kinds. Only the native build has it.
void isolation_init(bool wanted);

static inline void interrupts_enable(void);
static inline void interrupts_disable(void);
// Atomic: no interrupt slips in between the two.
static inline void enable_and_halt(void);
// Mutual exclusion on one processor: interrupts are held off and given back as they were found. Locks nest.
static inline uint32_t lock_interrupts(void);
static inline void unlock_interrupts(uint32_t flags);

// Entries of page tables hold frames as the processor counts them; the kernel counts from its own physical address 0.
static inline uint32_t page_entry_value(uint32_t frame, uint32_t flags);
static inline uint32_t page_frame(uint32_t entry);

// An entry of any table or directory. The later ones are in force after commit_updates, flush_tlb or load_directory at the latest.
static inline void write_entry(volatile uint32_t *entry, uint32_t value);
static inline void write_entry_later(volatile uint32_t *entry, uint32_t value);
static inline void commit_updates(void);
// The leaf entry of an address in the space in use: of a page that was not there, and of one that the TLB may know.
static inline void map_page(uint32_t address, volatile uint32_t *entry, uint32_t value);
static inline void remap_page(uint32_t address, volatile uint32_t *entry, uint32_t value);

// The directory that maps the kernel and nothing else: loaded at boot, never given back.
static inline uint32_t kernel_directory_address(void);

// A directory is built like any other memory, is handed over before it is first loaded, and taken back, with its tables, when it will
// never be loaded again. A table that joins a directory or leaves it meanwhile is told too.
static inline void directory_hand_over(uint32_t directory);
static inline void directory_take_back(uint32_t directory);
static inline void table_joins(uint32_t directory, uint32_t table);
static inline void table_has_left(uint32_t table);
// An entry of a directory was written or will be with the next commit.
static inline void directory_entry_changed(volatile uint32_t *slot);

static inline void load_directory(uint32_t directory);
static inline uint32_t loaded_directory(void);
// `directory` is the one in use.
static inline void flush_tlb(uint32_t directory);
static inline void invalidate_page(uint32_t address);
static inline uint32_t page_fault_address(void);

// Which stack to take when an interrupt or system call leaves ring 3; in force after commit_updates or load_directory.
static inline void set_kernel_stack(uint32_t top);

#include "machine.h"
