// Writable page tables: plain stores into tables, on their own, under the kernel, of what may not be there.
// Parameter: n stores into one table before it is used; what=illegal for one that may not be.
#include "xen.h"

extern char trap_14[];
static uint8_t page[4 * 4096] __attribute__((aligned(4096)));
static uint32_t faults;

void trapped(struct frame *frame) {
    if (frame->vector != 14) crash("an unexpected vector");
    faults++;
    frame->eip = frame->ebx;
}

#define SELF 0x7ff0
static uint32_t text(const char *name) {
    for (const char *at = (const char *)start_info + 80; *at; at++) {
        int length = 0;
        while (name[length] && at[length] == name[length]) length++;
        if (name[length]) continue;
        uint32_t value = 0;
        for (at += length; *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
        return value + 1;
    }
    return 0;
}

int main(void) {
    struct trap_info traps[] = {{14, 0, 0xe019, (uint32_t)trap_14}, {0, 0, 0, 0}};
    EXPECT(hypercall(SET_TRAP_TABLE, (long)traps, 0, 0, 0, 0) == 0);
    volatile uint32_t *table = (uint32_t *)page;
    EXPECT(hypercall(UPDATE_VA_MAPPING, (long)table, machine(page) | 1, 0, 2, 0) == 0);
    struct mmu_update link = {machine(&DIRECTORY[0x200]), machine(page) | 0x67};
    EXPECT(hypercall(MMU_UPDATE, (long)&link, 1, 0, SELF, 0) == 0);
    if (text("what=refused")) {
        EXPECT(hypercall(VM_ASSIST, 0, 2, 0, 0, 0) == -EINVAL);
        __asm__ volatile("movl $1f, %%ebx\n movl $0, (%%ecx)\n1:" :: "c"(table) : "ebx", "memory");
        EXPECT(faults == 1);
        print("refused\n");
        power_off();
    }
    EXPECT(hypercall(VM_ASSIST, 0, 2, 0, 0, 0) == 0);
    uint32_t n = text("n=") - 1, frame = machine(page + 4096) >> 12;
    page[4096] = 42;
    MARKER(1);
    for (uint32_t i = 0; i < n; i++) table[i] = frame << 12 | 3;
    EXPECT(*(volatile uint8_t *)(0x80000000 + (n - 1) * 4096) == 42);
    MARKER(2);
    EXPECT(hypercall(UPDATE_VA_MAPPING, (long)page + 4096, machine(page + 4096) | 1, 0, 2, 0) == 0);
    struct mmuext_op pin = {0, frame, 0};
    EXPECT(hypercall(MMUEXT_OP, (long)&pin, 1, 0, SELF, 0) == -EINVAL);
    for (uint32_t i = 0; i < n; i++) table[i] = 0;
    EXPECT(hypercall(MMUEXT_OP, (long)&pin, 1, 0, SELF, 0) == 0);
    /* The kernel's own table: it runs on it, so each store is emulated. */
    uint32_t *own = entry_of((uint32_t)page + 2 * 4096);
    uint32_t before = *own;
    *(volatile uint32_t *)own = before & ~2u;
    EXPECT(*own == (before & ~2u));
    __asm__ volatile("xchgl %0, (%1)" : "+r"(before) : "r"(own) : "memory");
    page[2 * 4096] = 1;
    EXPECT(page[2 * 4096] == 1 && faults == 0);
    __asm__ volatile("movl $1f, %%ebx\n movl %%eax, (%%ecx)\n1:" :: "c"(own), "a"(machine(DIRECTORY) | 3) : "ebx", "memory");
    EXPECT(faults == 1);
    print("stored\n");
    if (text("what=illegal")) {
        table[7] = machine(DIRECTORY) | 3;
        print("not reached\n");
    }
    power_off();
}
