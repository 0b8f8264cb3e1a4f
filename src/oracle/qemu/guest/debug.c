// Debug registers: breakpoints on instructions, data and ports, what DR6 and DR7 hold, general detection, RF, and with single-stepping;
// SYSENTER and SYSEXIT. Intel SDM vol. 3B, 17.2 Debug Registers, 17.3 Debug Exceptions; vol. 3A, 5.8.7.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "paging.h"
#include "tables.h"

#define COUNT(table) (sizeof table / sizeof *table)
#define RESUME(vector) (1u << (vector))
#define TF 0x100
#define RF 0x10000
#define VM 0x20000
#define CR4_DE 8
#define GD 0x2000
#define ENABLE(n) (2u << (2 * (n)))
#define ON(n, kind, length) (ENABLE(n) | (uint32_t)(kind) << (16 + 4 * (n)) | (uint32_t)(length) << (18 + 4 * (n)))
#define FETCH 0
#define WRITE 1
#define PORT 2
#define ACCESS 3

uint32_t data[2048] __attribute__((aligned(4096)));

PROBE(plain, "nop\nmovl $1, %ebx\nincl %ebx\nnop\nmovl $2, %ecx");
PROBE(touches, "movl data, %eax\nmovl $7, data\nmovb $1, data + 3\nmovw data + 2, %cx\nincl data\nmovl data + 4, %ebx\nmovl %ebx, data + 8");
PROBE(across, "nop\nmovl %eax, data + 2\nmovw %ax, data + 12\nmovl data + 4092, %eax\nmovl data + 4094, %eax");
PROBE(strings, "movl $4, %ecx\nmovl $data, %edi\nrep stosl\nmovl $data, %esi\nmovl $data + 64, %edi\nmovl $4, %ecx\nrep movsl\nnop");
PROBE(stack, "movl $data + 16, %esp\npushl %eax\npopl %ebx\npushal\ncall 1f\n1: popl %ecx\nnop");
PROBE(ports, "movl $0x80, %edx\noutb %al, %dx\noutb %al, $0x80\noutw %ax, $0x7f\noutb %al, $0x81\nnop");
PROBE(moves, "movl %dr0, %eax\nmovl %dr6, %ebx\nmovl %dr7, %ecx\nmovl %dr3, %edx");
PROBE(aliases, ".byte 0x0f, 0x21, 0xe0, 0x0f, 0x21, 0xeb");                 // MOV EAX, DR4; MOV EBX, DR5
PROBE(set_all, "movl $-1, %eax\nmovl %eax, %dr6\nmovl %eax, %dr0\nmovl $0xffffdfff, %eax\nmovl %eax, %dr7\nmovl %dr6, %ebx\nmovl %dr7, %ecx\nmovl %dr0, %edx\nmovl $0, %eax\nmovl %eax, %dr7");
PROBE(mov_ss, "movl %ss, %eax\nmovl %eax, %ss\nnop\nnop\nnop");
PROBE(mov_ss_from_memory, "movw %ss, data\nmovw data, %ss\nnop\nnop");
PROBE(faults, "movl data, %eax\nud2");
PROBE(reads_dr, "movl %dr0, %eax\nnop");
PROBE(enters, "movl $0x77, %eax\nsysenter\nnop");
PROBE(kernel_side, "movl %cs, %eax\nmovl %ss, %ebx\npushfl\npopl %edi");
PROBE(leaves, "movl $1f, %edx\nmovl %esi, %ecx\nsysexit\n1: movl %cs, %eax\nmovl %ss, %ebx");

static inline void set_dr7(uint32_t value) { __asm__ volatile("movl %0, %%dr7" : : "r"(value)); }
static inline void set_dr6(uint32_t value) { __asm__ volatile("movl %0, %%dr6" : : "r"(value)); }
static inline uint32_t get_dr6(void) {
    uint32_t value;
    __asm__ volatile("movl %%dr6, %0" : "=r"(value));
    return value;
}
static inline uint32_t get_dr7(void) {
    uint32_t value;
    __asm__ volatile("movl %%dr7, %0" : "=r"(value));
    return value;
}
static void set_address(uint32_t n, uint32_t value) {
    if (n == 0) __asm__ volatile("movl %0, %%dr0" : : "r"(value));
    if (n == 1) __asm__ volatile("movl %0, %%dr1" : : "r"(value));
    if (n == 2) __asm__ volatile("movl %0, %%dr2" : : "r"(value));
    if (n == 3) __asm__ volatile("movl %0, %%dr3" : : "r"(value));
}
static inline void write_msr(uint32_t number, uint32_t value) { __asm__ volatile("wrmsr" : : "c"(number), "a"(value), "d"(0)); }

static void run(const char *title, uint32_t ring, const char *code, uint32_t dr7, uint32_t eflags) {
    probe_prepare(ring, code);
    probe.eflags = eflags;
    probe.resume = RESUME(1);
    set_dr6(0);
    set_dr7(dr7);
    probe_run(title);
    field("dr6", get_dr6(), 8);
    field("dr7", get_dr7(), 8);
    print("\n");
    set_dr7(0);
}

static void data_breakpoints(uint32_t ring) {
    static const uint32_t lengths[] = {0, 1, 3};
    for (uint32_t kind = WRITE; kind <= ACCESS; kind += 2) {
        for (uint32_t at = 0; at < COUNT(lengths); at++) {
            set_address(0, (uint32_t)data + 2 * (lengths[at] < 3));
            field("kind", kind, 1);
            field("length", lengths[at], 1);
            print("\n");
            run("accesses", ring, touches, ON(0, kind, lengths[at]), 2);
            run("across", ring, across, ON(0, kind, lengths[at]), 2);
            run("strings", ring, strings, ON(0, kind, lengths[at]), 2);
            run("stack", ring, stack, ON(0, kind, lengths[at]), 2);
        }
    }
    set_address(1, (uint32_t)data + 4);
    set_address(2, (uint32_t)data + 8);
    run("three at once", ring, touches, ON(0, ACCESS, 3) | ON(1, ACCESS, 3) | ON(2, WRITE, 3), 2);
}

static void instruction_breakpoints(uint32_t ring) {
    for (uint32_t offset = 0; offset < 8; offset++) {
        set_address(3, (uint32_t)plain + offset);
        probe_prepare(ring, plain);
        field("offset", offset, 1);
        print("\n");
        // The handler's IRET has to set RF, or it would never end: the monitor leaves the flags as they are, so the probe ends there.
        probe.resume = 0;
        set_dr6(0);
        set_dr7(ON(3, FETCH, 0));
        probe_run("instruction");
        field("dr6", get_dr6(), 8);
        print("\n");
        probe_prepare(ring, plain);
        probe.eflags = RF | 2;
        set_dr6(0);
        probe_run("instruction with RF");
        field("dr6", get_dr6(), 8);
        print("\n");
        set_dr7(0);
    }
}

static void registers(void) {
    set_address(0, 0x12345678);
    set_address(3, 0x9ABCDEF0);
    for (uint32_t de = 0; de <= CR4_DE; de += CR4_DE) {
        write_cr4((read_cr4() & ~CR4_DE) | de);
        field("DE", de, 1);
        print("\n");
        for (uint32_t ring = 0; ring < 4; ring++) {
            run("MOV from DR", ring, moves, 0, 2);
            if (ring == 0 || de == 0) run("MOV from DR4 and DR5", ring, aliases, 0, 2);
        }
        run("MOV to DR", 0, set_all, 0, 2);
        run("general detection", 0, reads_dr, GD, 2);
        set_address(0, 0x80);
        if (de != 0) run("ports", 0, ports, ON(0, PORT, 0), 2);
    }
    write_cr4(read_cr4() & ~CR4_DE);
}

static void fast_calls(void) {
    static const uint32_t selectors[] = {0, 8, 0x0B};
    for (uint32_t at = 0; at < COUNT(selectors); at++) {
        write_msr(0x174, selectors[at]);
        write_msr(0x175, ring_stack(0));
        write_msr(0x176, (uint32_t)kernel_side);
        field("SYSENTER_CS", selectors[at], 4);
        print("\n");
        for (uint32_t ring = 0; ring < 4; ring += 3) {
            run("SYSENTER", ring, enters, 0, 0x246);
            probe_prepare(ring, leaves);
            probe.esi = ring_stack(3) - 0x20;
            probe_run("SYSEXIT");
        }
    }
}

int main(void) {
    paging_init();
    for (uint32_t ring = 0; ring < 4; ring += 3) {
        data_breakpoints(ring);
        instruction_breakpoints(ring);
        set_address(0, (uint32_t)data);
        run("MOV SS under a breakpoint", ring, mov_ss_from_memory, ON(0, ACCESS, 3), 2);
        run("a fault behind a breakpoint", ring, faults, ON(0, ACCESS, 3), 2);
    }
    registers();
    // Ring 3's flat segments stand 16 and 24 bytes behind SYSENTER's: here they are those of ring 1, so the table is rearranged.
    set_flat(0x18, CODE | ACCESS_DPL(3));
    set_flat(0x20, DATA | ACCESS_DPL(3));
    fast_calls();
    return 0;
}
