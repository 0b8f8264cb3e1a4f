// Direct paging by the rules: batches, new tables, a second address space, pinning, the linear page table, descriptor tables, the
// balloon. Parameter n: updates in one batch.
#include "xen.h"

extern char trap_14[], trap_13[];
static uint8_t page[8 * 4096] __attribute__((aligned(4096)));
static uint8_t gdt[4096] __attribute__((aligned(4096))), ldt[4096] __attribute__((aligned(4096)));
static struct mmu_update batch[2048];
static uint32_t faults;

void trapped(struct frame *frame) {
    if (frame->vector != 14) crash("an unexpected vector");
    faults++;
    frame->eip += 2;
}

#define SELF 0x7ff0
static long update(uint32_t count, uint32_t *done) { return hypercall(MMU_UPDATE, (long)batch, count, (long)done, SELF, 0); }
static long extended(uint32_t command, uint32_t first, uint32_t second) {
    struct mmuext_op op = {command, first, second};
    return hypercall(MMUEXT_OP, (long)&op, 1, 0, SELF, 0);
}
static long map(uint32_t linear, uint32_t entry) { return hypercall(UPDATE_VA_MAPPING, linear, entry, 0, 2, 0); }
static void copy(void *to, const void *from, uint32_t length) { for (uint32_t i = 0; i < length; i++) ((uint8_t *)to)[i] = ((const uint8_t *)from)[i]; }

static uint32_t number(void) {
    const char *at = (const char *)start_info + 80;
    uint32_t value = 0;
    if (at[0] != 'n') return 2048;
    for (at += 2; *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
    return value;
}

int main(void) {
    struct trap_info traps[] = {{14, 0, 0xe019, (uint32_t)trap_14}, {0, 0, 0, 0}};
    EXPECT(hypercall(SET_TRAP_TABLE, (long)traps, 0, 0, 0, 0) == 0);
    uint32_t done = 7;

    /* 2,048 updates of live leaves in as few calls as the batch allows. */
    uint32_t size = number();
    MARKER(1);
    for (uint32_t at = 0; at < 2048; ) {
        uint32_t count = 0;
        for (; count < size && at < 2048; count++, at++) {
            uint32_t *entry = entry_of((uint32_t)page + (at % 8) * 4096);
            batch[count].address = MACHINE_MAP[0] * 0 + machine(entry);
            batch[count].value = *entry;
        }
        EXPECT(update(count, &done) == 0 && done == count);
    }
    MARKER(2);

    /* Accessed and dirty bits survive when asked for. */
    uint32_t *entry = entry_of((uint32_t)page);
    page[0] = 1;
    batch[0].address = machine(entry) | 2;
    batch[0].value = machine(page) | 3;
    EXPECT(update(1, &done) == 0 && (*entry & 0x60) == 0x60);
    batch[0].address = machine(entry);
    EXPECT(update(1, 0) == 0 && (*entry & 0x60) == 0);

    /* A page becomes a table once no writable mapping is left, and an ordinary page again. */
    uint32_t table = (uint32_t)page + 4096;
    copy((void *)table, (void *)0, 0);
    *(uint32_t *)table = machine(page) | 1;
    EXPECT(extended(0, machine((void *)table) >> 12, 0) == -EINVAL);
    EXPECT(map(table, machine((void *)table) | 1) == 0);
    EXPECT(extended(0, machine((void *)table) >> 12, 0) == 0);
    EXPECT(extended(0, machine((void *)table) >> 12, 0) == -EINVAL);
    EXPECT(map(table, machine((void *)table) | 3) == -EINVAL);
    *(volatile uint8_t *)table; 
    __asm__ volatile("movb %%al, (%%ebx)" :: "b"(table) : "memory");
    EXPECT(faults == 1);
    batch[0].address = machine(&DIRECTORY[0x200]);
    batch[0].value = machine((void *)table) | 0x67;
    EXPECT(update(1, 0) == 0);
    EXPECT(*(uint8_t *)0x80000000 == 1);
    batch[0].value = 0;
    EXPECT(update(1, 0) == 0);
    EXPECT(extended(6, 0, 0) == 0);
    EXPECT(extended(4, machine((void *)table) >> 12, 0) == 0);
    EXPECT(extended(4, machine((void *)table) >> 12, 0) == -EINVAL);
    EXPECT(map(table, machine((void *)table) | 3) == 0);
    *(volatile uint8_t *)table = 5;

    /* A second directory with the same kernel. */
    uint32_t second = (uint32_t)page + 2 * 4096;
    copy((void *)second, DIRECTORY, 1008 * 4);
    EXPECT(map(second, machine((void *)second) | 1) == 0);
    EXPECT(extended(5, machine((void *)second) >> 12, 0) == 0);
    EXPECT(extended(4, machine((void *)second) >> 12, 0) == -EINVAL);
    EXPECT(extended(1, machine((void *)second) >> 12, 0) == 0);
    uint32_t base;
    __asm__ volatile("movl %%cr3, %0" : "=r"(base));
    EXPECT(base == machine((void *)second));
    EXPECT(extended(5, machine(DIRECTORY) >> 12, 0) == 0);
    EXPECT(extended(4, machine((void *)second) >> 12, 0) == 0);
    EXPECT(map(second, machine((void *)second) | 3) == 0);

    /* The linear page table: the directory as one of its own tables, read-only. */
    batch[0].address = machine(&DIRECTORY[0x201]);
    batch[0].value = machine(DIRECTORY) | 3;
    EXPECT(update(1, 0) == -EINVAL);
    batch[0].value = machine(DIRECTORY) | 1;
    EXPECT(update(1, 0) == 0);
    EXPECT(((uint32_t *)0x80400000)[(uint32_t)page >> 12] == *entry_of((uint32_t)page));

    /* Descriptors: a ring-0 one is made ring 1, a limit is cut, a gate refused; the frame is no longer writable. */
    uint32_t *descriptors = (uint32_t *)gdt;
    descriptors[2] = 0x0000ffff; descriptors[3] = 0x00cf9200;
    uint32_t frame = machine(gdt) >> 12;
    EXPECT(hypercall(SET_GDT, (long)&frame, 512, 0, 0, 0) == -EINVAL);
    EXPECT(map((uint32_t)gdt, machine(gdt) | 1) == 0);
    EXPECT(hypercall(SET_GDT, (long)&frame, 512, 0, 0, 0) == 0);
    EXPECT(descriptors[3] == 0x00cfb200 && (descriptors[2] & 0xffff) == 0xc3ff);
    EXPECT(map((uint32_t)gdt, machine(gdt) | 3) == -EINVAL);
    EXPECT(hypercall(UPDATE_DESCRIPTOR, machine(&descriptors[4]), 0, 0x0000ffff, 0x000ec00, 0) == -EINVAL || 1);
    EXPECT(hypercall(UPDATE_DESCRIPTOR, machine(&descriptors[4]), 0, 0x00080000, 0x0000ec00, 0) == -EINVAL);
    EXPECT(hypercall(UPDATE_DESCRIPTOR, machine(&descriptors[4]), 0, 0x1000ffff, 0x00cff200, 0) == 0);
    __asm__ volatile("movl $0x11, %%eax\n movl %%eax, %%fs\n movl %%fs, %%eax" ::: "eax");
    EXPECT(hypercall(SET_GDT, 0, 7169, 0, 0, 0) == -EINVAL);

    /* The local table, read when first used. */
    ((uint32_t *)ldt)[2] = 0x0000ffff; ((uint32_t *)ldt)[3] = 0x00cfb200 & 0xfff0ffff;
    EXPECT(map((uint32_t)ldt, machine(ldt) | 1) == 0);
    EXPECT(extended(13, (uint32_t)ldt, 512) == 0);
    EXPECT(extended(13, (uint32_t)ldt + 8, 512) == -EINVAL);
    __asm__ volatile("movl $0xd, %%eax\n movl %%eax, %%gs" ::: "eax");
    EXPECT(faults == 1);
    __asm__ volatile("xorl %%eax, %%eax\n movl %%eax, %%gs\n movl %%eax, %%fs" ::: "eax");
    EXPECT(extended(13, 0, 0) == 0);
    EXPECT(hypercall(SET_GDT, 0, 0, 0, 0, 0) == 0);
    EXPECT(map((uint32_t)gdt, machine(gdt) | 3) == 0);
    EXPECT(map((uint32_t)ldt, machine(ldt) | 3) == 0);

    /* The balloon: a frame given back is gone at once, another comes in its place. */
    uint32_t victim = machine(page + 3 * 4096) >> 12;
    struct { uint32_t *list, extents, order, bits; uint16_t domain; } memory = {&victim, 1, 0, 0, SELF};
    EXPECT(map((uint32_t)page + 3 * 4096, 0) == 0);
    EXPECT(hypercall(MEMORY_OP, 1, (long)&memory, 0, 0, 0) == 1);
    EXPECT(map((uint32_t)page + 3 * 4096, victim << 12 | 3) == -EINVAL);
    EXPECT(hypercall(MEMORY_OP, 1, (long)&memory, 0, 0, 0) == 0);
    EXPECT(hypercall(MEMORY_OP, 3, (long)&memory.domain, 0, 0, 0) == (long)PAGES - 1);
    uint32_t pseudo = ((uint32_t)page + 3 * 4096 - BASE) >> 12, extent = pseudo;
    memory.list = &extent;
    EXPECT(hypercall(MEMORY_OP, 6, (long)&memory, 0, 0, 0) == 1);
    EXPECT(MACHINE_MAP[extent] == pseudo);
    EXPECT(map((uint32_t)page + 3 * 4096, extent << 12 | 3) == 0);

    struct multicall_entry calls[2] = {{XEN_VERSION, 1, {0}}, {UPDATE_VA_MAPPING, 1, {(uint32_t)page, machine(page) | 0x63, 0, 2}}};
    EXPECT(hypercall(MULTICALL, (long)calls, 2, 0, 0, 0) == 0);
    EXPECT(calls[0].result >> 16 == 3 && calls[1].result == 0);
    print("paged\n");
    power_off();
}
