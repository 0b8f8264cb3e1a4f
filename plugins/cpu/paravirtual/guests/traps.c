// Exceptions and system calls: bounced through Xen or straight into ring 1, counted by region; a program in ring 3.
// Parameters on the command line: what=syscall|bounced|fault|protect and n, a number of operations.
#include "xen.h"

extern char trap_0[], trap_3[], trap_6[], trap_13[], trap_14[], trap_33[], trap_128[], upcall[], failsafe[];
extern char user_code[], user_syscall[], user_bounced[], user_fault[], user_protect[], user_done[];

static uint8_t user_stack[4096] __attribute__((aligned(4096)));
static uint8_t target[64 * 4096] __attribute__((aligned(4096)));
static volatile uint32_t syscalls, others, faults, last_error, last_address;
static int mends;

static uint32_t shared_linear;

/* One page of the kernel's image given another entry. */
static void map(uint32_t linear, uint32_t entry, long flags) {
    EXPECT(hypercall(UPDATE_VA_MAPPING, linear, entry, 0, flags, 0) == 0);
}

void trapped(struct frame *frame) {
    switch (frame->vector) {
        case 128: syscalls++; if (frame->eax == 1) { MARKER(2); print_number("syscalls", syscalls); print_number("others", others); print_number("faults", faults); power_off(); } return;
        case 33: others++; return;
        case 14:
            faults++;
            last_error = frame->error;
            last_address = *(uint32_t *)(shared_linear + 8);
            if (mends) {
                uint32_t page = last_address & ~4095u;
                map(page, machine((void *)page) | 0x67, 0);
            } else frame->eip += 2; /* movb %al,(%ebx) */
            return;
        case 6: others++; frame->eip += 2; return;
        case 3: others++; return;
        case 13: others++; frame->eip += 1; last_error = frame->error; return;
        case 0: others++; frame->eip += 2; return;
        default: crash("an unexpected vector");
    }
}

__asm__(
    ".text\n"
    "user_code: .globl user_code\n"
    "1: testl %ecx, %ecx\n jz user_done\n jmp *%edx\n"
    "user_syscall: movl $0, %eax\n int $0x80\n decl %ecx\n jmp 1b\n"
    "user_bounced: int $0x21\n decl %ecx\n jmp 1b\n"
    "user_fault: movb %al, (%ebx)\n addl $4096, %ebx\n decl %ecx\n jmp 1b\n"
    "user_protect: movb %al, (%ebx)\n decl %ecx\n jmp 1b\n"
    "user_done: movl $1, %eax\n int $0x80\n");

static int is(const char *name) {
    for (const char *at = (const char *)start_info + 80; *at; at++) {
        int length = 0;
        while (name[length] && at[length] == name[length]) length++;
        if (!name[length]) return 1;
    }
    return 0;
}

static uint32_t number(void) {
    for (const char *at = (const char *)start_info + 80; *at; at++) {
        if (at[0] != 'n' || at[1] != '=') continue;
        uint32_t value = 0;
        for (at += 2; *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
        return value;
    }
    return 10;
}

static void to_user(uint32_t eip, uint32_t count, uint32_t edx, uint32_t ebx) {
    __asm__ volatile(
        "movl $0xe033, %%eax\n movl %%eax, %%ds\n movl %%eax, %%es\n"
        "pushl $0xe033\n pushl %0\n pushfl\n pushl $0xe02b\n pushl %1\n iretl"
        :: "r"(user_stack + 4096), "r"(eip), "c"(count), "d"(edx), "b"(ebx) : "eax", "memory");
}

int main(void) {
    int bounced80 = is("gate=bounced");
    struct trap_info traps[] = {
        {0, 0, 0xe019, (uint32_t)trap_0}, {3, 3, 0xe019, (uint32_t)trap_3}, {6, 0, 0xe019, (uint32_t)trap_6}, {13, 0, 0xe019, (uint32_t)trap_13},
        {14, 0, 0xe019, (uint32_t)trap_14}, {33, 3, 0xe019, (uint32_t)trap_33}, {128, bounced80 ? 3 | 4 : 3, 0xe019, (uint32_t)trap_128}, {0, 0, 0, 0},
    };
    EXPECT(hypercall(SET_TRAP_TABLE, (long)traps, 0, 0, 0, 0) == 0);
    EXPECT(hypercall(SET_TRAP_TABLE, 0xfc000000, 0, 0, 0, 0) == -EFAULT);
    EXPECT(hypercall(SET_CALLBACKS, 0xe019, (long)upcall, 0xe019, (long)failsafe, 0) == 0);
    static uint8_t kernel_stack[8192];
    EXPECT(hypercall(STACK_SWITCH, 0xe021, (long)kernel_stack + sizeof kernel_stack, 0, 0, 0) == 0);
    static uint8_t shared_page[4096] __attribute__((aligned(4096)));
    shared_linear = (uint32_t)shared_page;
    map(shared_linear, SHARED_INFO_MACHINE | 0x63, 2);

    /* In the kernel itself. */
    __asm__ volatile("ud2");
    __asm__ volatile("int3");
    __asm__ volatile("xorl %%edx, %%edx\n movl $1, %%eax\n xorl %%ecx, %%ecx\n divl %%ecx" ::: "eax", "ecx", "edx");
    __asm__ volatile("hlt");
    __asm__ volatile("int $0x21");
    EXPECT(others == 5 && last_error == 0);
    __asm__ volatile("movb $0, %%al\n movb %%al, (%%ebx)" :: "b"(0xf0000000) : "eax", "memory");
    EXPECT(faults == 1 && last_address == 0xf0000000 && last_error == 2);
    /* Beyond the segment's end is no page fault: #GP(0), and the handler steps over one byte at a time. */
    others = 0;
    __asm__ volatile("movb $0x90, %%al\n es\n movsb" :: "S"(0xfc400000), "D"(target) : "eax", "memory");
    EXPECT(others == 2 && last_error == 0);
    /* Privileged instructions that Xen carries out. */
    uint32_t value;
    __asm__ volatile("movl %%cr3, %0" : "=r"(value));
    EXPECT(value == machine(DIRECTORY));
    __asm__ volatile("clts");
    __asm__ volatile("movl %%cr2, %0" : "=r"(value));
    EXPECT(value == 0xf0000000);

    for (uint32_t at = BASE; at < (uint32_t)target + sizeof target; at += 4096) {
        if (*entry_of(at) & 2) map(at, *entry_of(at) | 4, 2);
    }
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t page = (uint32_t)target + i * 4096;
        if (is("what=fault")) map(page, 0, 2);
        if (is("what=protect")) map(page, machine((void *)page) | 0x65, 2);
    }
    mends = is("what=fault");
    syscalls = others = faults = 0;
    uint32_t code = is("what=syscall") ? (uint32_t)user_syscall : is("what=bounced") ? (uint32_t)user_bounced
        : is("what=fault") ? (uint32_t)user_fault : (uint32_t)user_protect;
    MARKER(1);
    to_user((uint32_t)user_code, number(), code, (uint32_t)target);
    return 0;
}
