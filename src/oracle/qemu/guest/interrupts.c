// External interrupts: the shadow of STI and MOV SS, HLT, IOPL, the I/O permission map, the interrupt controllers' registers
// and priorities, the timer's status. Every interrupt is pending before the instruction that lets it in, so nothing depends
// on speed. Intel SDM vol. 3A, 6.8 Enabling and Disabling Interrupts; vol. 1, 19.5 Protected-Mode I/O; 8259A and 8254 data sheets.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "tables.h"

#define IF 0x200
#define IOPL(level) ((level) << 12)
#define PIC1 0x20
#define PIC2 0xA0
#define PIT_CONTROL 0x43
#define COM1 0x3F8
#define COUNT(table) (sizeof table / sizeof *table)
#define READ_IRR 0x0A
#define READ_ISR 0x0B
#define EOI 0x20

PROBE(sti_nop, "sti\nnop\nnop\ncli");
PROBE(sti_cli, "sti\ncli\nnop");
PROBE(sti_sti, "sti\nsti\nnop\nnop\ncli");
PROBE(sti_pushf, "sti\npushfl\npopl %eax\ncli");
PROBE(sti_branch, "sti\njmp 1f\nnop\n1: nop\ncli");
PROBE(sti_hlt, "sti\nhlt\nnop\ncli");
PROBE(sti_int, "sti\nint $0x30\nnop\ncli");
PROBE(sti_fault, "sti\nud2\nnop\ncli");
PROBE(popf_nop, "pushl $0x202\npopfl\nnop\nnop\ncli");
PROBE(popf_clears, "pushl $0x202\npushl $0x2\npopfl\nnop\npopfl\nnop\ncli");
PROBE(iret_nop, "pushl $0x202\npushl %cs\npushl $1f\niret\n1: nop\nnop\ncli");
PROBE(iret_ring_3, "pushl $0x43\npushl $0\npushl $0x202\npushl $0x3b\npushl $1f\niret\n1: nop\nnop");
PROBE(mov_ss_sti, "movl %ss, %eax\nmovl %eax, %ss\nnop\nsti\nnop\nnop\ncli");
PROBE(sti_rep, "movl $4, %ecx\nmovl $buffer, %edi\nsti\nrep stosb\nnop\ncli");
PROBE(nops, "nop\nnop");
PROBE(outer_sti, "sti\nnop\nnop");
PROBE(outer_popf, "pushl $0x202\npopfl\nnop\nnop\npushfl\npopl %eax");
PROBE(hlt_later, "sti\n1: hlt\ncmpl $0, interrupts_taken\nje 1b\nnop\ncli");
PROBE(out8_dx, "outb %al, %dx");
PROBE(out16_dx, "outw %ax, %dx");
PROBE(out32_dx, "outl %eax, %dx");
PROBE(in8_dx, "inb %dx, %al\nmovb $0, %al");
PROBE(in16_dx, "inw %dx, %ax\nmovw $0, %ax");
PROBE(in32_dx, "inl %dx, %eax\nmovl $0, %eax");
PROBE(in8_immediate, "inb $0xed, %al\nmovb $0, %al");
PROBE(ins8, "movl $buffer, %edi\ninsb");
PROBE(outs32, "movl $buffer, %esi\noutsl");
PROBE(rep_outs, "movl $buffer, %esi\nmovl $2, %ecx\nrep outsb");

uint32_t buffer[4];
volatile uint32_t interrupts_taken;

struct named {
    const char *name, *code;
};

static void end_of_interrupt(uint32_t vector) {
    interrupts_taken++;
    if (vector >= 0x28) out8(PIC2, EOI);
    out8(PIC1, EOI);
}

static void start_controllers(void) {
    static const uint8_t words[][2] = {
        {PIC1, 0x11}, {PIC1 + 1, 0x20}, {PIC1 + 1, 4}, {PIC1 + 1, 1}, {PIC2, 0x11}, {PIC2 + 1, 0x28}, {PIC2 + 1, 2}, {PIC2 + 1, 1},
        {PIC1 + 1, 0xFF}, {PIC2 + 1, 0xFF},
    };
    for (uint32_t at = 0; at < COUNT(words); at++) out8(words[at][0], words[at][1]);
}

static uint8_t controller(uint16_t port, uint8_t which) {
    out8(port, which);
    return in8(port);
}

// Mode 0: OUT falls with the control word and rises once, when the count is over.
static void start_timer(uint16_t count) {
    out8(PIT_CONTROL, 0x30);
    out8(0x40, (uint8_t)count);
    out8(0x40, (uint8_t)(count >> 8));
}

// Invariant: a request that no probe took is still there, so that no timer runs while a probe does.
static void pend_timer(void) {
    if (!(controller(PIC1, READ_IRR) & 1)) start_timer(50);
    while (!(controller(PIC1, READ_IRR) & 1)) {}
    interrupts_taken = 0;
}

// COM1's transmitter is empty: enabling its interrupt raises IRQ 4 at once.
static void pend_serial(void) {
    out8(COM1 + 4, 0x0B);
    out8(COM1 + 1, 0);
    out8(COM1 + 1, 2);
    while (!(controller(PIC1, READ_IRR) & 0x10)) {}
}
static void drop_serial(void) {
    out8(COM1 + 1, 0);
    out8(COM1 + 4, 0x03);
}

static void shadows(void) {
    static const struct named ring_0[] = {
        {"STI; NOP", sti_nop}, {"STI; CLI", sti_cli}, {"STI; STI", sti_sti}, {"STI; PUSHF", sti_pushf}, {"STI; JMP", sti_branch}, {"STI; HLT", sti_hlt},
        {"STI; INT n", sti_int}, {"POPF", popf_nop}, {"POPF, IF stays clear", popf_clears}, {"IRET", iret_nop},
        {"IRET to ring 3", iret_ring_3}, {"MOV SS; NOP; STI", mov_ss_sti}, {"STI; fault", sti_fault},
    };
    out8(PIC1 + 1, 0xFE);
    for (uint32_t at = 0; at < COUNT(ring_0); at++) {
        pend_timer();
        probe_at(ring_0[at].name, 0, ring_0[at].code);
    }
    for (uint32_t ring = 0; ring < 4; ring++) {
        for (uint32_t iopl = 0; iopl < 4; iopl++) {
            static const struct named outer[] = {{"STI", outer_sti}, {"POPF", outer_popf}, {"IF set on entry", nops}};
            for (uint32_t at = 0; at < COUNT(outer); at++) {
                pend_timer();
                probe_prepare(ring, outer[at].code);
                probe.eflags = IOPL(iopl) | (outer[at].code == nops ? IF : 0) | 2;
                field("iopl", iopl, 1);
                print(" ");
                probe_run(outer[at].name);
            }
        }
    }
    interrupts_taken = 0;
    start_timer(20000);
    probe_at("HLT until the timer", 0, hlt_later);
}

// A trap gate leaves IF set in the handler, an interrupt gate clears it.
static void gates(void) {
    for (uint32_t type = 0x8E; type <= 0x8F; type++) {
        set_gate(0x20, SELECTOR_CODE, entry_of(0x20), type);
        field("gate", type, 2);
        print(" ");
        pend_timer();
        probe_prepare(3, nops);
        probe.eflags = IF | 2;
        probe_run("interrupt");
    }
    reset_gate(0x20);
}

// A fault while an interrupt is delivered: EXT is set in its error code.
static void bad_gates(void) {
    set_gate(0x20, SELECTOR_CODE, entry_of(0x20), 0x0E);
    pend_timer();
    probe_prepare(3, nops);
    probe.eflags = IF | 2;
    probe_run("interrupt through an absent gate");
    end_of_interrupt(0x20);
    set_gate(0x20, SELECTOR_BEYOND, entry_of(0x20), 0x8E);
    pend_timer();
    probe_prepare(3, nops);
    probe.eflags = IF | 2;
    probe_run("interrupt through a gate with a bad selector");
    end_of_interrupt(0x20);
    reset_gate(0x20);
}

static void print_controllers(const char *when) {
    print(when);
    field("irr", controller(PIC1, READ_IRR), 2);
    field("isr", controller(PIC1, READ_ISR), 2);
    field("imr", in8(PIC1 + 1), 2);
    field("irr2", controller(PIC2, READ_IRR) & 0xEE, 2);
    field("isr2", controller(PIC2, READ_ISR), 2);
    field("imr2", in8(PIC2 + 1), 2);
    print("\n");
}

static void no_end_of_interrupt(uint32_t vector) {
    interrupts_taken += vector > 0;
    print_controllers("  in the handler");
}

static void let_in(const char *title, const char *code) {
    probe_prepare(0, code);
    probe_run(title);
}

static void priorities(void) {
    drop_serial();
    out8(PIC1 + 1, 0xFF);
    pend_timer();
    print_controllers("masked");
    let_in("masked", sti_nop);
    out8(PIC1 + 1, 0xFE);
    on_interrupt = no_end_of_interrupt;
    let_in("unmasked", sti_nop);
    print_controllers("without EOI");
    pend_serial();
    out8(PIC1 + 1, 0xEE);
    let_in("lower level while IRQ 0 is in service", sti_nop);
    out8(PIC1, EOI);
    print_controllers("after EOI");
    let_in("after EOI", sti_nop);
    drop_serial();
    pend_timer();
    let_in("higher level while IRQ 4 is in service", sti_nop);
    print_controllers("both in service");
    out8(PIC1, 0x64);
    print_controllers("specific EOI of IRQ 4");
    out8(PIC1, EOI);
    print_controllers("EOI");
    on_interrupt = end_of_interrupt;
    pend_timer();
    pend_serial();
    print_controllers("both pending");
    let_in("both pending", sti_nop);
    drop_serial();
    out8(PIC1, 0xC0);                           // IRQ 0 becomes the lowest
    pend_timer();
    pend_serial();
    let_in("both pending, IRQ 4 first by rotation", sti_nop);
    drop_serial();
    out8(PIC1, 0xC7);
    pend_serial();
    drop_serial();
    print_controllers("request gone");
    let_in("request gone before it was taken", sti_nop);
    out8(PIC1 + 1, 0xFF);
}

static void timer_status(void) {
    static const uint8_t words[] = {0xB0, 0xB6, 0x96, 0xA8, 0xB4, 0x9A, 0xB1};
    for (uint32_t at = 0; at < COUNT(words); at++) {
        out8(0x61, in8(0x61) & ~3);             // the gate of counter 2 is closed: it does not count
        out8(PIT_CONTROL, words[at]);
        out8(PIT_CONTROL, 0xE8);                // read back the status of counter 2
        field("control", words[at], 2);
        field("status", in8(0x42) & 0x3F, 2);   // OUT and NULL COUNT depend on when one looks
        print("\n");
    }
}

static void try_port(const char *title, const char *code, uint32_t ring, uint32_t port) {
    probe_prepare(ring, code);
    probe.edx = port;
    field("port", port, 4);
    print(" ");
    probe_run(title);
}

// Ports 0x220 to 0x22F and the last ones belong to nobody.
static void permissions(void) {
    static const struct named accesses[] = {
        {"OUT 8", out8_dx}, {"OUT 16", out16_dx}, {"OUT 32", out32_dx}, {"IN 8", in8_dx}, {"IN 16", in16_dx}, {"IN 32", in32_dx},
    };
    static const uint32_t ports[] = {0x220, 0x224, 0x225, 0x226, 0x227, 0x228, 0x229, 0x22E, 0xFFFE, 0xFFFF};
    for (uint32_t byte = 0; byte < sizeof tss.io_map; byte++) tss.io_map[byte] = 0xFF;
    tss.io_map[0x220 / 8] = 0x80;               // 0x227 closed
    tss.io_map[0x228 / 8] = 0x02;               // 0x229 closed
    tss.io_map[0xFFF8 / 8] = 0;
    const uint32_t with_map = (uint32_t)tss.io_map - (uint32_t)&tss;
    tss.io_map_base = with_map;
    for (uint32_t at = 0; at < COUNT(ports); at++) {
        for (uint32_t how = 0; how < COUNT(accesses); how++) {
            // Why: the last ports wrap around on a wider access, which the manual leaves open.
            if (ports[at] >= 0xFFFE && accesses[how].code != out8_dx && accesses[how].code != in8_dx) continue;
            try_port(accesses[how].name, accesses[how].code, 3, ports[at]);
        }
    }
    for (uint32_t ring = 0; ring < 4; ring++) {
        for (uint32_t iopl = 0; iopl < 4; iopl++) {
            probe_prepare(ring, out8_dx);
            probe.eflags = IOPL(iopl) | 2;
            probe.edx = 0x229;
            field("iopl", iopl, 1);
            print(" ");
            probe_run("OUT 8 to a closed port");
        }
    }
    probe_at("IN 8, immediate port", 3, in8_immediate);
    try_port("INSB", ins8, 3, 0x227);
    try_port("OUTSD", outs32, 3, 0x225);
    try_port("REP OUTSB", rep_outs, 3, 0x229);
    static const uint32_t limits[] = {0x66, 0x67, 0x68 + 0x44, 0x68 + 0x45, 0x68 + 0x46, 0x1FFF};
    for (uint32_t at = 0; at < COUNT(limits); at++) {
        set_descriptor(SELECTOR_TSS, (uint32_t)&tss, limits[at], SYSTEM_TSS, 0);
        load_tr(SELECTOR_TSS);
        field("TSS limit", limits[at], 4);
        print("\n");
        try_port("OUT 8", out8_dx, 3, 0x220);
        try_port("OUT 8", out8_dx, 3, 0x228);
        tss.io_map_base = limits[at] + 1;
        try_port("OUT 8, map beyond the limit", out8_dx, 3, 0);
        tss.io_map_base = with_map;
    }
    set_descriptor(SELECTOR_TSS, (uint32_t)&tss, sizeof tss - 1, SYSTEM_TSS, 0);
    load_tr(SELECTOR_TSS);
}

int main(void) {
    start_controllers();
    on_interrupt = end_of_interrupt;
    shadows();
    pend_timer();
    probe_at("STI; REP STOSB", 0, sti_rep);
    gates();
    bad_gates();
    priorities();
    timer_status();
    permissions();
    return 0;
}
