// Two directories for each process. The kernel's maps everything; its partner the program, and three kinds of pages at the place where the
// kernel has them: the descriptor tables, the code that changes directories, and a page with the stack and task state of the entry.
// Traps that come from ring 3 push their frame there, load CR3 and move it to the stack of the process; the way back is the reverse.
#include "isolation.h"
#include "frame.h"
#include "interrupt-table.h"
#include "memory.h"
#include "paging.h"
#include "panic.h"
#include "paravirt.h"
#include "process.h"
#include "segment.h"

#define SLOT(address) ((address) >> 22)
// Never present: this entry of a kernel's directory holds its partner's frame.
#define PARTNER_SLOT 1023

// What is read with the program's directory in force. The frame ends where the processor begins to push, and what comes right behind
// it the entry finds by its stack pointer.
struct entry_page {
    uint8_t task_state[TASK_STATE_BYTES];
    uint8_t stack[PAGE_BYTES - TASK_STATE_BYTES - sizeof(struct trap_frame) - sizeof(uint32_t)];
    struct trap_frame frame;
    uint32_t kernel_directory;
};

extern uint8_t isolation_start[], isolation_end[], descriptor_tables[];
extern uint8_t isolated_entries[], isolated_entry_system_call[], isolated_leave[];
extern const void *trap_leave;

bool isolated;
struct trap_frame *isolation_frame;
static struct entry_page *entry_page;
static uint32_t entry_table;

static uint32_t *partner(const uint32_t *directory) { return physical_memory(directory[PARTNER_SLOT]); }

static void show_page(uint32_t address, uint32_t flags) {
    if (SLOT(address) != SLOT(KERNEL_BASE)) panic("the entry lies beyond the first table", 0);
    ((uint32_t *)physical_memory(entry_table))[address >> 12 & 1023] = page_entry_value(address - KERNEL_BASE, PAGE_PRESENT | flags);
}

static void build_entry_table(void) {
    entry_table = frame_allocate_zeroed();
    show_page((uint32_t)descriptor_tables, PAGE_WRITABLE);
    show_page((uint32_t)entry_page, PAGE_WRITABLE);
    for (uint8_t *page = isolation_start; page < isolation_end; page += PAGE_BYTES) show_page((uint32_t)page, 0);
}

void isolation_init(bool wanted) {
    if (!wanted) return;
    entry_page = physical_memory(frame_allocate_zeroed());
    isolation_frame = &entry_page->frame;
    build_entry_table();
    segment_move_task_state(entry_page->task_state, (uint32_t)(isolation_frame + 1));
    interrupt_table_enter_at(isolated_entries, isolated_entry_system_call, GATE_INTERRUPT);
    trap_leave = isolated_leave;
    isolated = true;
}

void isolation_pair(uint32_t directory) {
    uint32_t user_frame = frame_allocate_zeroed();
    uint32_t *entries = physical_memory(directory), *user_entries = physical_memory(user_frame);
    memcpy(user_entries, entries, SLOT(KERNEL_BASE) * sizeof *entries);
    user_entries[SLOT(KERNEL_BASE)] = page_entry_value(entry_table, PAGE_PRESENT | PAGE_WRITABLE);
    entries[PARTNER_SLOT] = user_frame;
}

void isolation_part(uint32_t directory) {
    uint32_t *entries = physical_memory(directory);
    frame_release(entries[PARTNER_SLOT]);
    entries[PARTNER_SLOT] = 0;
}

void isolation_follow(volatile uint32_t *slot) {
    uint32_t *directory = (uint32_t *)((uint32_t)slot & ~(PAGE_BYTES - 1u));
    uint32_t index = (uint32_t)slot / sizeof *slot % 1024;
    if (index < SLOT(KERNEL_BASE) && directory[PARTNER_SLOT]) partner(directory)[index] = *slot;
}

// On the way back, with interrupts off. Returns the directory to load, and leaves its kernel's for the next entry.
uint32_t isolation_leave(void) {
    uint32_t directory = current->space.directory;
    entry_page->kernel_directory = directory;
    return ((uint32_t *)physical_memory(directory))[PARTNER_SLOT];
}
