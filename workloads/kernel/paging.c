// Page tables and directories. All directories share the kernel's tables; which user pages exist is address-space.c's business.
#include "paging.h"
#include "frame.h"
#include "instruction.h"
#include "memory.h"
#include "panic.h"
#include "process.h"

#define DIRECTORY_INDEX(address) ((address) >> 22)
#define TABLE_INDEX(address) ((address) >> 12 & 1023)
#define TABLE_SPAN 0x400000u

extern uint8_t text_start[], text_end[];

static uint32_t directories[MAXIMUM_PROCESSES];
static uint32_t mapped_end = TABLE_SPAN;

uint32_t kernel_directory_address(void) { return (uint32_t)kernel_directory - KERNEL_BASE; }

uint32_t direct_map_end(void) { return mapped_end; }

uint32_t *page_entry(uint32_t directory, uint32_t address, bool create) {
    uint32_t *slot = (uint32_t *)physical_memory(directory) + DIRECTORY_INDEX(address);
    if (!(*slot & PAGE_PRESENT)) {
        if (!create) return 0;
        *slot = frame_allocate_zeroed() | PAGE_PRESENT | PAGE_WRITABLE | (address < KERNEL_BASE ? PAGE_USER : 0);
    }
    return (uint32_t *)physical_memory(page_frame(*slot)) + TABLE_INDEX(address);
}

void page_table_release(uint32_t directory, uint32_t address) {
    uint32_t *slot = (uint32_t *)physical_memory(directory) + DIRECTORY_INDEX(address);
    if (!(*slot & PAGE_PRESENT)) return;
    frame_release(page_frame(*slot));
    *slot = 0;
}

void paging_init(void) {
    for (uint32_t address = (uint32_t)text_start; address < (uint32_t)text_end; address += PAGE_BYTES)
        *page_entry(kernel_directory_address(), address, false) &= ~PAGE_WRITABLE;
    load_cr3(kernel_directory_address());
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
    memcpy(entries + user_entries, kernel_directory + user_entries, (1024 - user_entries) * sizeof *entries);
    *directory_slot(0) = directory;
    return directory;
}

void directory_destroy(uint32_t directory) {
    *directory_slot(directory) = 0;
    frame_release(directory);
}

// Called with interrupts off, by the frame allocator.
void direct_map_extend(uint32_t table) {
    uint32_t *entries = physical_memory(table);
    for (uint32_t index = 0; index < 1024; index++) entries[index] = (mapped_end + index * PAGE_BYTES) | PAGE_PRESENT | PAGE_WRITABLE;
    uint32_t slot = DIRECTORY_INDEX(KERNEL_BASE + mapped_end);
    kernel_directory[slot] = table | PAGE_PRESENT | PAGE_WRITABLE;
    for (unsigned index = 0; index < MAXIMUM_PROCESSES; index++)
        if (directories[index]) ((uint32_t *)physical_memory(directories[index]))[slot] = kernel_directory[slot];
    mapped_end += TABLE_SPAN;
}
