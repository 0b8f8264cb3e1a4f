// Flat segmentation and the TSS that holds the kernel stack (SDM vol. 3A, 3.4.5 Segment Descriptors, 7.2.1 Task-State Segment).
// Tasks are switched by software; the hardware's task switch is not used.
#include "segment.h"
#include "selector.h"
#include "paravirt.h"

struct task_state {
    uint32_t link, esp0, ss0;
    uint32_t unused[22];
    uint16_t trap, io_map_base;
};

_Static_assert(sizeof(struct task_state) == TASK_STATE_BYTES, "what segment.h says");

struct task_state task_state;

#define FLAT(access) (0x00CF00000000FFFFull | (uint64_t)(access) << 40)

static uint64_t descriptors[6] __attribute__((section(".bss.descriptors")));

// Base and limit lie scattered over a descriptor; granularity is the byte.
static uint64_t task_descriptor(uint32_t base, uint32_t limit) {
    return (uint64_t)(base >> 24) << 56 | (uint64_t)0x89 << 40 | (uint64_t)(base & 0xFFFFFF) << 16 | limit;
}

static void load_descriptor_table(void) {
    struct __attribute__((packed)) { uint16_t limit; uint32_t base; } pointer = {sizeof descriptors - 1, (uint32_t)descriptors};
    __asm__ volatile("lgdt %0" : : "m"(pointer));
    __asm__ volatile("ljmp %0, $1f\n1:" : : "i"(KERNEL_CODE));
    __asm__ volatile("movl %0, %%ds\n\tmovl %0, %%es\n\tmovl %0, %%ss" : : "r"(KERNEL_DATA));
    __asm__ volatile("movl %0, %%fs\n\tmovl %0, %%gs" : : "r"(0));
}

void machine_init(void) {
    descriptors[KERNEL_CODE / 8] = FLAT(0x9A);
    descriptors[KERNEL_DATA / 8] = FLAT(0x92);
    descriptors[USER_CODE / 8] = FLAT(0xFA);
    descriptors[USER_DATA / 8] = FLAT(0xF2);
    descriptors[TASK_STATE / 8] = task_descriptor((uint32_t)&task_state, sizeof task_state - 1);
    load_descriptor_table();
    task_state.ss0 = KERNEL_DATA;
    task_state.io_map_base = sizeof task_state;
    __asm__ volatile("ltr %w0" : : "r"(TASK_STATE));
}

void segment_set_kernel_stack(uint32_t top) { task_state.esp0 = top; }

void segment_move_task_state(void *place, uint32_t stack) {
    struct task_state *moved = place;
    *moved = task_state;
    moved->esp0 = stack;
    descriptors[TASK_STATE / 8] = task_descriptor((uint32_t)moved, sizeof *moved - 1);
    __asm__ volatile("ltr %w0" : : "r"(TASK_STATE));
}
