// Guarding of page tables, and the two tables that translate between the kernel's frames and the machine's.
#include "page-table.h"
#include "frame.h"
#include "hypercall.h"
#include "paging.h"
#include "panic.h"
#include "paravirt.h"

enum { SLOTS_OF_PROGRAMS = KERNEL_BASE >> 22, GROUP = 8 };

const uint32_t *phys_to_machine;
uint32_t current_directory;

uint32_t guarded[MEMORY_LIMIT / PAGE_BYTES / 32];

static void mark(uint32_t frame, bool value) {
    uint32_t *word = &guarded[frame / PAGE_BYTES / 32], bit = 1u << (frame / PAGE_BYTES % 32);
    *word = value ? *word | bit : *word & ~bit;
}

// Everything that the builder made lies within the memory that it mapped, and is mapped read-only already.
void page_table_init(void) {
    phys_to_machine = (const uint32_t *)start_info->mfn_list;
    current_directory = kernel_directory_address();
    for (uint32_t index = 0; index < start_info->nr_pt_frames; index++) mark(current_directory + index * PAGE_BYTES, true);
}

// What the direct map lets the kernel do to a frame.
static void protect(uint32_t frame, uint32_t writable) {
    uint32_t *entry = page_entry(kernel_directory_address(), (uint32_t)physical_memory(frame), false);
    batch_page_table_write(machine_address(entry), page_entry_value(frame, PAGE_PRESENT | writable));
}

void table_guard(uint32_t table) {
    protect(table, 0);
    mark(table, true);
}

static void table_unguard(uint32_t table) {
    protect(table, PAGE_WRITABLE);
    mark(table, false);
}

void table_release(uint32_t table) {
    table_unguard(table);
    batch_issue();
}

// Why in groups: nearly all slots of a directory are empty.
static bool is_empty(const uint32_t slots[GROUP]) {
    return !((slots[0] | slots[1] | slots[2] | slots[3] | slots[4] | slots[5] | slots[6] | slots[7]) & PAGE_PRESENT);
}

static void change_group(const uint32_t slots[GROUP], void (*change)(uint32_t table)) {
    for (uint32_t index = 0; index < GROUP; index++)
        if (slots[index] & PAGE_PRESENT) change(page_frame(slots[index]));
}

// Does the same to a directory and its tables. The entries can be read before and after.
static void for_each_table(uint32_t directory, void (*change)(uint32_t table)) {
    const uint32_t *slots = physical_memory(directory);
    for (const uint32_t *group = slots; group < slots + SLOTS_OF_PROGRAMS; group += GROUP)
        if (!is_empty(group)) change_group(group, change);
    change(directory);
}

void directory_guard(uint32_t directory) {
    for_each_table(directory, table_guard);
    batch_page_table_operation(MMUEXT_PIN_L2_TABLE, machine_frame(directory));
}

void directory_release(uint32_t directory) {
    batch_page_table_operation(MMUEXT_UNPIN_TABLE, machine_frame(directory));
    for_each_table(directory, table_unguard);
    batch_issue();
}

void update_mapping(uint32_t address, uint32_t value, uint32_t flags) {
    commit_updates();
    if (HYPERCALL4(HYPERCALL_UPDATE_VA_MAPPING, address, value, 0, flags) < 0) panic("Xen refused a mapping", 0);
}
