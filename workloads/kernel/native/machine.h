// The paravirt layer of the native build: the processor's own instructions. What each function is for is said in paravirt.h.
#pragma once
#include "instruction.h"
#include "isolation.h"
#include "layout.h"
#include "segment.h"

static inline void interrupts_enable(void) { __asm__ volatile("sti" : : : "memory"); }

static inline void interrupts_disable(void) { __asm__ volatile("cli" : : : "memory"); }

// STI takes effect after the next instruction (SDM vol. 2B, STI).
static inline void enable_and_halt(void) { __asm__ volatile("sti\n\thlt" : : : "memory"); }

// The flags travel by PUSHF and POPF as in any real kernel of this architecture.
static inline uint32_t lock_interrupts(void) {
    uint32_t flags;
    __asm__ volatile("pushfl\n\tpopl %0\n\tcli" : "=r"(flags) : : "memory");
    return flags;
}

static inline void unlock_interrupts(uint32_t flags) {
    __asm__ volatile("pushl %0\n\tpopfl" : : "r"(flags) : "memory", "cc");
}

static inline uint32_t page_entry_value(uint32_t frame, uint32_t flags) { return frame | flags; }

static inline uint32_t page_frame(uint32_t entry) { return entry & ~(PAGE_BYTES - 1u); }

static inline void write_entry(volatile uint32_t *entry, uint32_t value) { *entry = value; }

static inline void write_entry_later(volatile uint32_t *entry, uint32_t value) { *entry = value; }

static inline void commit_updates(void) {}

static inline void map_page(uint32_t address, volatile uint32_t *entry, uint32_t value) {
    (void)address;
    *entry = value;
}

static inline void remap_page(uint32_t address, volatile uint32_t *entry, uint32_t value) {
    *entry = value;
    invalidate_page(address);
}

extern uint32_t kernel_directory[1024];

static inline uint32_t kernel_directory_address(void) { return (uint32_t)kernel_directory - KERNEL_BASE; }

static inline void directory_hand_over(uint32_t directory) {
    if (isolated) isolation_pair(directory);
}

static inline void directory_take_back(uint32_t directory) {
    if (isolated) isolation_part(directory);
}

static inline void directory_entry_changed(volatile uint32_t *slot) {
    if (isolated) isolation_follow(slot);
}

static inline void table_joins(uint32_t directory, uint32_t table) { (void)directory, (void)table; }

static inline void table_has_left(uint32_t table) { (void)table; }

static inline void load_directory(uint32_t directory) { write_cr3(directory); }

static inline uint32_t loaded_directory(void) { return read_cr3(); }

static inline void flush_tlb(uint32_t directory) { write_cr3(directory); }

static inline void invalidate_page(uint32_t address) {
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline uint32_t page_fault_address(void) { return read_cr2(); }

static inline void set_kernel_stack(uint32_t top) { segment_set_kernel_stack(top); }
