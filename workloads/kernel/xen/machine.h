// The paravirt layer of the build for Xen. What each function is for is said in paravirt.h.
#pragma once
#include "hypercall.h"
#include "page-table.h"

extern struct shared_info shared_info;
extern const struct start_info *start_info;

// Has Xen deliver what came while events were masked.
void events_deliver(void);

static inline volatile struct vcpu_info *vcpu_info(void) { return shared_info.vcpu_info; }

static inline void interrupts_disable(void) {
    vcpu_info()->evtchn_upcall_mask = 1;
    __asm__ volatile("" : : : "memory");
}

static inline void interrupts_enable(void) {
    __asm__ volatile("" : : : "memory");
    vcpu_info()->evtchn_upcall_mask = 0;
    if (vcpu_info()->evtchn_upcall_pending) events_deliver();
}

static inline void enable_and_halt(void) { HYPERCALL2(HYPERCALL_SCHED_OP, SCHEDOP_BLOCK, 0); }

static inline uint32_t lock_interrupts(void) {
    uint32_t masked = vcpu_info()->evtchn_upcall_mask;
    interrupts_disable();
    return masked;
}

static inline void unlock_interrupts(uint32_t masked) {
    if (!masked) interrupts_enable();
}

static inline uint32_t page_entry_value(uint32_t frame, uint32_t flags) { return machine_frame(frame) * PAGE_BYTES | flags; }

static inline uint32_t page_frame(uint32_t entry) { return MACHINE_TO_PHYS[entry / PAGE_BYTES] * PAGE_BYTES; }

static inline void write_entry_later(volatile uint32_t *entry, uint32_t value) {
    if (is_guarded((uint32_t)entry - KERNEL_BASE)) batch_page_table_write(machine_address(entry), value);
    else *entry = value;
}

static inline void commit_updates(void) {
    if (batch_calls > 0) batch_issue();
}

static inline void write_entry(volatile uint32_t *entry, uint32_t value) {
    if (is_guarded((uint32_t)entry - KERNEL_BASE)) page_table_write(machine_address(entry), value);
    else *entry = value;
}

static inline void map_page(uint32_t address, volatile uint32_t *entry, uint32_t value) {
    (void)entry;
    update_mapping(address, value, UVMF_NONE);
}

static inline void remap_page(uint32_t address, volatile uint32_t *entry, uint32_t value) {
    (void)entry;
    update_mapping(address, value, UVMF_INVLPG);
}

static inline uint32_t kernel_directory_address(void) { return start_info->pt_base - KERNEL_BASE; }

static inline void directory_hand_over(uint32_t directory) { directory_guard(directory); }

static inline void directory_take_back(uint32_t directory) { directory_release(directory); }

static inline void directory_entry_changed(volatile uint32_t *slot) { (void)slot; }

static inline void table_joins(uint32_t directory, uint32_t table) {
    if (is_guarded(directory)) table_guard(table);
}

static inline void table_has_left(uint32_t table) {
    if (is_guarded(table)) table_release(table);
}

static inline void load_directory(uint32_t directory) {
    current_directory = directory;
    page_table_operation(MMUEXT_NEW_BASEPTR, machine_frame(directory));
}

static inline uint32_t loaded_directory(void) { return current_directory; }

static inline void flush_tlb(uint32_t directory) {
    (void)directory;
    page_table_operation(MMUEXT_TLB_FLUSH_LOCAL, 0);
}

static inline void invalidate_page(uint32_t address) {
    page_table_operation(MMUEXT_INVLPG_LOCAL, address);
}

static inline uint32_t page_fault_address(void) { return vcpu_info()->arch.cr2; }

static inline void set_kernel_stack(uint32_t top) { batch_stack_switch(top); }
