// Page tables and directories. All directories share the kernel's tables; which user pages exist is address-space.c's business.
#include "paging.h"
#include "frame.h"
#include "memory.h"
#include "panic.h"
#include "paravirt.h"
#include "process.h"

#define DIRECTORY_INDEX(address) ((address) >> 22)
#define TABLE_INDEX(address) ((address) >> 12 & 1023)
#define TABLE_SPAN 0x400000u

extern uint8_t text_start[], text_end[];

static uint32_t directories[MAXIMUM_PROCESSES];
static uint32_t mapped_end;

uint32_t direct_map_end(void) { return mapped_end; }

uint32_t *page_entry(uint32_t directory, uint32_t address, bool create) {
    uint32_t *slot = (uint32_t *)physical_memory(directory) + DIRECTORY_INDEX(address);
    if (!(*slot & PAGE_PRESENT)) {
        if (!create) return 0;
        uint32_t table = frame_allocate_zeroed();
        table_joins(directory, table);
        write_entry(slot, page_entry_value(table, PAGE_PRESENT | PAGE_WRITABLE | (address < KERNEL_BASE ? PAGE_USER : 0)));
        directory_entry_changed(slot);
    }
    return (uint32_t *)physical_memory(page_frame(*slot)) + TABLE_INDEX(address);
}

void page_table_release(uint32_t directory, uint32_t address) {
    uint32_t *slot = (uint32_t *)physical_memory(directory) + DIRECTORY_INDEX(address);
    if (!(*slot & PAGE_PRESENT)) return;
    uint32_t table = page_frame(*slot);
    write_entry_later(slot, 0);
    directory_entry_changed(slot);
    table_has_left(table);
    frame_release(table);
}

void paging_init(void) {
    const uint32_t *kernel_slots = (uint32_t *)physical_memory(kernel_directory_address()) + DIRECTORY_INDEX(KERNEL_BASE);
    while (kernel_slots[mapped_end / TABLE_SPAN] & PAGE_PRESENT) mapped_end += TABLE_SPAN;
    for (uint32_t address = (uint32_t)text_start; address < (uint32_t)text_end; address += PAGE_BYTES) {
        uint32_t *entry = page_entry(kernel_directory_address(), address, false);
        write_entry_later(entry, *entry & ~PAGE_WRITABLE);
    }
    flush_tlb(kernel_directory_address());
}

// The slot of a directory in the list of those in use; `directory` 0 finds a free one.
static uint32_t *directory_slot(uint32_t directory) {
    for (unsigned index = 0; index < MAXIMUM_PROCESSES; index++)
        if (directories[index] == directory) return &directories[index];
    panic("no such directory", 0);
}

uint32_t directory_create(void) {
    uint32_t directory = frame_allocate();
    uint32_t *entries = physical_memory(directory);
    uint32_t user_entries = DIRECTORY_INDEX(KERNEL_BASE);
    memset(entries, 0, user_entries * sizeof *entries);
    const uint32_t *kernel_directory = physical_memory(kernel_directory_address());
    memcpy(entries + user_entries, kernel_directory + user_entries, (1024 - user_entries) * sizeof *entries);
    *directory_slot(0) = directory;
    return directory;
}

void directory_destroy(uint32_t directory) {
    *directory_slot(directory) = 0;
    frame_release(directory);
}

// The slot of a directory that maps the direct map's next part.
static uint32_t *kernel_slot(uint32_t directory) {
    return (uint32_t *)physical_memory(directory) + DIRECTORY_INDEX(KERNEL_BASE + mapped_end);
}

// Called with interrupts off, by the frame allocator.
void direct_map_extend(uint32_t table) {
    uint32_t *entries = physical_memory(table);
    uint32_t end = machine_memory_end();
    for (uint32_t index = 0; index < 1024; index++) {
        uint32_t frame = mapped_end + index * PAGE_BYTES;
        entries[index] = frame < end ? page_entry_value(frame, PAGE_PRESENT | PAGE_WRITABLE) : 0;
    }
    table_joins(kernel_directory_address(), table);
    write_entry_later(kernel_slot(kernel_directory_address()), page_entry_value(table, PAGE_PRESENT | PAGE_WRITABLE));
    for (unsigned index = 0; index < MAXIMUM_PROCESSES; index++)
        if (directories[index]) write_entry_later(kernel_slot(directories[index]), page_entry_value(table, PAGE_PRESENT | PAGE_WRITABLE));
    commit_updates();
    mapped_end += TABLE_SPAN;
}
