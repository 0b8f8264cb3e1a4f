// Returns that cannot be carried out: the failsafe handler is told where the kernel wanted to go.
#include "xen.h"

extern char upcall[], failsafe[];
static uint8_t gdt[4096] __attribute__((aligned(4096))), kernel_stack[4096];
static int step;

void trapped(struct frame *frame) { (void)frame; crash("an unexpected vector"); }

/* EAX, EIP, CS, EFLAGS, ESP, SS on the stack, then the entry that is jumped to. */
static void iret(uint32_t eip, uint32_t cs, uint32_t esp, uint32_t ss) {
    __asm__ volatile("pushl %3\n pushl %2\n pushl $0x202\n pushl %1\n pushl %0\n xorl %%eax, %%eax\n jmp hypercall_page + 23 * 32"
                     :: "r"(eip), "r"(cs), "r"(esp), "r"(ss) : "eax", "memory");
}

static void drop_descriptor(void) {
    EXPECT(hypercall(UPDATE_DESCRIPTOR, machine(gdt + 16), 0, 0, 0, 0) == 0);
}

void failed(uint32_t *frame) {
    switch (step++) {
        case 0:
            EXPECT(frame[4] == 0x12345678 && (frame[5] & 0xffff) == 0xe00b && frame[7] == 0x1000 && frame[8] == 0xe033);
            EXPECT((frame[0] & 0xffff) == 0xe021);
            iret(0x100, 0xe02b, 0x2000, 0xe021);
            break;
        case 1:
            EXPECT(frame[4] == 0x100 && frame[8] == 0xe021);
            /* A data segment whose descriptor goes while it is loaded. */
            __asm__ volatile("movl $0x11, %%eax\n movl %%eax, %%fs" ::: "eax");
            drop_descriptor();
            break;
        case 2:
            EXPECT((frame[2] & 0xffff) == 0x11);
            print("caught\n");
            power_off();
    }
    crash("a return that should have failed");
}

int main(void) {
    EXPECT(hypercall(SET_CALLBACKS, 0xe019, (long)upcall, 0xe019, (long)failsafe, 0) == 0);
    EXPECT(hypercall(STACK_SWITCH, 0xe021, (long)kernel_stack + sizeof kernel_stack, 0, 0, 0) == 0);
    ((uint32_t *)gdt)[4] = 0x0000ffff;
    ((uint32_t *)gdt)[5] = 0x00cfb200;
    EXPECT(hypercall(UPDATE_VA_MAPPING, (long)gdt, machine(gdt) | 1, 0, 2, 0) == 0);
    uint32_t frame = machine(gdt) >> 12;
    EXPECT(hypercall(SET_GDT, (long)&frame, 512, 0, 0, 0) == 0);
    iret(0x12345678, 0xe00b, 0x1000, 0xe033);
    return 0;
}
