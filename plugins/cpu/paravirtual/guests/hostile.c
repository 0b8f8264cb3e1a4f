// What a hostile kernel tries: frames that are not its own, its own tables writable, Xen's memory, cyclic tables, the end of memory.
// Each is refused with Xen's error, and what was there stays there.
#include "xen.h"

extern char trap_14[], trap_13[], trap_6[];
static uint8_t page[8 * 4096] __attribute__((aligned(4096)));
static struct mmu_update batch[4];
static uint32_t faults, protections;

void trapped(struct frame *frame) {
    if (frame->vector == 14) faults++;
    else if (frame->vector == 13) protections++;
    else crash("an unexpected vector");
    frame->eip = frame->ebx;
}

#define SELF 0x7ff0
static long update(uint32_t count, uint32_t *done) { return hypercall(MMU_UPDATE, (long)batch, count, (long)done, SELF, 0); }
static long entry(uint32_t *at, uint32_t value) {
    batch[0].address = machine(at);
    batch[0].value = value;
    return update(1, 0);
}
static long extended(uint32_t command, uint32_t first, uint32_t second) {
    struct mmuext_op op = {command, first, second};
    return hypercall(MMUEXT_OP, (long)&op, 1, 0, SELF, 0);
}
static long map(uint32_t value) { return hypercall(UPDATE_VA_MAPPING, (long)page, value, 0, 2, 0); }
#define ATTEMPT(text) __asm__ volatile("movl $1f, %%ebx\n" text "\n1:" ::: "eax", "ebx", "ecx", "edx", "memory")

int main(void) {
    struct trap_info traps[] = {{6, 0, 0xe019, (uint32_t)trap_6}, {13, 0, 0xe019, (uint32_t)trap_13}, {14, 0, 0xe019, (uint32_t)trap_14}, {0, 0, 0, 0}};
    EXPECT(hypercall(SET_TRAP_TABLE, (long)traps, 0, 0, 0, 0) == 0);
    uint32_t before = *entry_of((uint32_t)page), machine_pages = 0;
    while (MACHINE_MAP[machine_pages] != 0xffffffff) machine_pages++;
    uint32_t foreign = machine_pages;

    /* Frames of Xen's, beyond memory, and beyond the address bus. */
    EXPECT(map(foreign << 12 | 1) == -EINVAL);
    for (uint32_t frame = machine_pages; frame < machine_pages + 4096; frame += 7) {
        if (MACHINE_MAP[frame] == 0xffffffff && frame != SHARED_INFO_MACHINE >> 12) EXPECT(map(frame << 12 | 3) == -EINVAL);
    }
    EXPECT(map(0xfffff003) == -EINVAL);
    EXPECT(map(0x40000003) == -EINVAL);
    /* Flags that are not the guest's. */
    EXPECT(map(machine(page) | 0x83) == -EINVAL);
    EXPECT(map(machine(page) | 0x103) == -EINVAL);
    EXPECT(map(machine(page) | 0x1b) == -EINVAL);
    EXPECT((*entry_of((uint32_t)page) & ~0x60) == (before & ~0x60));
    /* Its own tables writable. */
    EXPECT(map(machine(DIRECTORY) | 3) == -EINVAL);
    EXPECT(map(machine(entry_of((uint32_t)page)) | 3) == -EINVAL);
    EXPECT(map(machine(DIRECTORY) | 1) == 0);
    EXPECT(map(machine(page) | 3) == 0);
    /* Xen's slots, Xen's addresses. */
    EXPECT(entry(&DIRECTORY[1008], machine(entry_of((uint32_t)page)) | 0x67) == -EINVAL);
    EXPECT(entry(&DIRECTORY[1023], 0) == -EINVAL);
    EXPECT(hypercall(UPDATE_VA_MAPPING, 0xfc000000, machine(page) | 3, 0, 2, 0) == -EINVAL);
    EXPECT(hypercall(UPDATE_VA_MAPPING, 0xffc00000, machine(page) | 3, 0, 2, 0) == -EINVAL);
    /* Superpages, and a directory entry for what is no table. */
    EXPECT(entry(&DIRECTORY[0x200], 0x00400000 | 0xe7) == -EINVAL);
    EXPECT(entry(&DIRECTORY[0x200], machine(page) | 0x67) == -EINVAL);
    EXPECT(entry(&DIRECTORY[0x200], foreign << 12 | 0x67) == -EINVAL);
    /* Cyclic: a directory that is to be a table of itself and writable; a table that maps itself writable. */
    EXPECT(entry(&DIRECTORY[0x200], machine(DIRECTORY) | 3) == -EINVAL);
    uint32_t *table = (uint32_t *)(page + 4096);
    table[5] = machine(table) | 3;
    EXPECT(hypercall(UPDATE_VA_MAPPING, (long)table, machine(table) | 1, 0, 2, 0) == 0);
    EXPECT(extended(0, machine(table) >> 12, 0) == -EINVAL);
    EXPECT(extended(1, machine(table) >> 12, 0) == -EINVAL);
    EXPECT(hypercall(UPDATE_VA_MAPPING, (long)table, machine(table) | 3, 0, 2, 0) == 0);
    table[5] = machine(table) | 1;
    EXPECT(hypercall(UPDATE_VA_MAPPING, (long)table, machine(table) | 1, 0, 2, 0) == 0);
    EXPECT(extended(0, machine(table) >> 12, 0) == 0);
    EXPECT(extended(4, machine(table) >> 12, 0) == 0);
    /* Pinning what it has not; a running directory let go and written; numbers at the end of the range. */
    EXPECT(extended(1, foreign, 0) == -EINVAL);
    EXPECT(extended(1, 0xffffffff, 0) == -EINVAL);
    EXPECT(extended(5, machine(page) >> 12, 0) == -EINVAL);
    EXPECT(extended(4, machine(DIRECTORY) >> 12, 0) == 0);
    EXPECT(map(machine(DIRECTORY) | 3) == -EINVAL);
    EXPECT(extended(1, machine(DIRECTORY) >> 12, 0) == 0);
    EXPECT(extended(2, machine(DIRECTORY) >> 12, 0) == -EINVAL);
    EXPECT(extended(99, 0, 0) == -ENOSYS);
    /* Writing a foreign frame by mmu_update, and the map of frames it has not. */
    batch[0].address = (uint64_t)foreign << 12;
    batch[0].value = 0;
    EXPECT(update(1, 0) == -EINVAL);
    batch[0].address = (uint64_t)foreign << 12 | 1;
    EXPECT(update(1, 0) == -EINVAL);
    batch[0].address = 1ull << 40 | machine(page);
    EXPECT(update(1, 0) == -EINVAL);
    EXPECT(hypercall(MMU_UPDATE, (long)batch, 1, 0, 5, 0) < 0);
    /* What was done before the refused one stays done, and is told. */
    uint32_t done = 99;
    batch[0].address = machine(entry_of((uint32_t)page));
    batch[0].value = machine(page) | 3;
    batch[1].address = machine(entry_of((uint32_t)page));
    batch[1].value = foreign << 12 | 3;
    batch[2] = batch[0];
    EXPECT(update(3, &done) == -EINVAL && done == 1);
    /* Pointers into Xen and nowhere. */
    EXPECT(hypercall(MMU_UPDATE, 0xfc000000, 1, 0, SELF, 0) == -EFAULT);
    EXPECT(hypercall(MMU_UPDATE, 0xfffffff0, 1, 0, SELF, 0) == -EFAULT);
    EXPECT(hypercall(MMU_UPDATE, 0x10000000, 1, 0, SELF, 0) == -EFAULT);
    EXPECT(hypercall(MMU_UPDATE, (long)batch, 1, 0xfbffffff, SELF, 0) == -EFAULT);
    EXPECT(hypercall(CONSOLE_IO, 0, 0x10000, 0xfbff0000, 0, 0) == -EFAULT);
    EXPECT(hypercall(XEN_VERSION, 3, 0xffc00000, 0, 0, 0) == -EFAULT);
    EXPECT(hypercall(XEN_VERSION, 3, (long)DIRECTORY, 0, 0, 0) == -EFAULT);
    EXPECT(hypercall(MULTICALL, 0xfc000000, 1, 0, 0, 0) == -EFAULT);
    EXPECT(hypercall(SET_GDT, 0xfc000000, 512, 0, 0, 0) == -EFAULT);
    uint32_t frame = foreign;
    EXPECT(hypercall(SET_GDT, (long)&frame, 512, 0, 0, 0) == -EINVAL);
    frame = machine(DIRECTORY) >> 12;
    EXPECT(hypercall(SET_GDT, (long)&frame, 512, 0, 0, 0) == -EINVAL);
    EXPECT(hypercall(UPDATE_DESCRIPTOR, machine(&DIRECTORY[4]), 0, 0xffff, 0x00cff200, 0) == -EINVAL);
    EXPECT(hypercall(UPDATE_DESCRIPTOR, foreign << 12, 0, 0xffff, 0x00cff200, 0) == -EINVAL);
    EXPECT(hypercall(40, 0, 0, 0, 0, 0) == -ENOSYS);
    EXPECT(hypercall(36, 0, 0, 0, 0, 0) == -1);
    /* The processor's own guards: ports, tables, Xen's memory through the segment's end, hypercalls need no ring 0. */
    faults = protections = 0;
    ATTEMPT("outb %%al, $0x80");
    ATTEMPT("lgdt (%%ebx)");
    ATTEMPT("cli");
    ATTEMPT("movl 0xfc400000, %%eax");
    ATTEMPT("movl %%eax, 0xffc00000");
    ATTEMPT("movl $0x10, %%eax\n movl %%eax, %%ds");
    ATTEMPT("ljmp $0xe008, $1f");
    EXPECT(protections == 7 && faults == 0);
    ATTEMPT("movl $0, 0xfc000000");
    EXPECT(faults == 1);
    print("all refused\n");
    power_off();
}
