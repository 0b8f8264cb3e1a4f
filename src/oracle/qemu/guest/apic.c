// The local APIC and the I/O APIC, with and without paging: registers, priorities, commands, the timer, redirection of the timer's, the
// serial port's and the keyboard's interrupts, and the 8259A pair through the virtual wire that firmware leaves. Every interrupt is
// pending before it is let in, or awaited, so nothing depends on speed. Intel SDM vol. 3A, chapter 10; 82093AA data sheet.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "paging.h"
#include "tables.h"

#define COUNT(table) (sizeof table / sizeof *table)
#define APIC 0xFEE00000
#define IO_APIC 0xFEC00000
#define FIRST 0x20
#define PIC1 0x20
#define PIC2 0xA0
#define COM1 0x3F8
#define MASKED 0x10000
#define PERIODIC 0x20000
#define LEVEL 0x8000
#define ID 0x020
#define TPR 0x080
#define PPR 0x0A0
#define EOI 0x0B0
#define LDR 0x0D0
#define DFR 0x0E0
#define SVR 0x0F0
#define ICR 0x300
#define ICR_HIGH 0x310
#define TIMER 0x320
#define LINT0 0x350
#define LINT1 0x360
#define ERROR 0x370
#define INITIAL 0x380
#define CURRENT 0x390
#define DIVIDE 0x3E0
#define SELF 0x40000
#define TIMER_PIN 2
#define SERIAL_PIN 4
#define KEYBOARD_PIN 1

__asm__(
    ".text\n.balign 16\nentry_points:\n.set number, 0x20\n.rept 0x40\n.balign 16\npushl $number\njmp entry\n.set number, number + 1\n.endr\n"
    "nmi_entry: pushl $2\n"
    "entry:\npushal\ncld\npushl 32(%esp)\ncall taken\naddl $4, %esp\npopal\naddl $4, %esp\niret\n");
extern const char entry_points[], nmi_entry[];

static volatile uint32_t count;
static volatile uint8_t order[32];
static void (*volatile at_vector)(uint32_t vector);

static uint32_t apic(uint32_t offset) { return *(volatile uint32_t *)(APIC + offset); }
static void set_apic(uint32_t offset, uint32_t value) { *(volatile uint32_t *)(APIC + offset) = value; }
static uint32_t io_apic(uint32_t index) {
    *(volatile uint32_t *)IO_APIC = index;
    return *(volatile uint32_t *)(IO_APIC + 0x10);
}
static void set_io_apic(uint32_t index, uint32_t value) {
    *(volatile uint32_t *)IO_APIC = index;
    *(volatile uint32_t *)(IO_APIC + 0x10) = value;
}
static void redirect(uint32_t pin, uint32_t low, uint32_t high) {
    set_io_apic(0x11 + 2 * pin, high);
    set_io_apic(0x10 + 2 * pin, low);
}

static void end_of_interrupt(uint32_t vector) { set_apic(EOI, vector - vector); }
static void no_end(uint32_t vector) { (void)vector; }
static void end_of_8259a(uint32_t vector) {
    if (vector >= 0x28) out8(PIC2, 0x20);
    out8(PIC1, 0x20);
}

void taken(uint32_t vector);
void taken(uint32_t vector) {
    if (count < COUNT(order)) order[count] = (uint8_t)vector;
    count++;
    at_vector(vector);
}

// Lets in what is pending.
static void let_in(void) { __asm__ volatile("sti\nnop\nnop\ncli" : : : "memory"); }

static void print_order(const char *title) {
    print(title);
    for (uint32_t at = 0; at < count && at < COUNT(order); at++) field("v", order[at], 2);
    print("\n");
    count = 0;
}
static void show(const char *title) {
    let_in();
    print_order(title);
}
static void print_state(const char *title) {
    print(title);
    field("tpr", apic(TPR), 2);
    field("ppr", apic(PPR), 2);
    for (uint32_t word = 1; word < 3; word++) field("isr", apic(0x100 + 0x10 * word), 8);
    for (uint32_t word = 1; word < 3; word++) field("tmr", apic(0x180 + 0x10 * word), 8);
    for (uint32_t word = 1; word < 3; word++) field("irr", apic(0x200 + 0x10 * word), 8);
    print("\n");
}
static void send(uint32_t vector) { set_apic(ICR, SELF | vector); }

static void registers(void) {
    static const uint16_t all[] = {ID, TPR, PPR, LDR, DFR, SVR, 0x280, ICR, ICR_HIGH, TIMER, 0x340, LINT0, LINT1, ERROR, INITIAL, CURRENT};
    for (uint32_t at = 0; at < COUNT(all); at++) {
        field("register", all[at], 3);
        field("is", apic(all[at]), 8);
        print("\n");
    }
    static const uint32_t writes[][2] = {
        {TPR, 0x35}, {LDR, 0x5A000000}, {DFR, 0x0FFFFFFF}, {SVR, 0x15F}, {TIMER, 0x300F1}, {LINT1, 0x1A4F2}, {ERROR, 0x100F3}, {DIVIDE, 0x0B}, {DIVIDE, 0x02},
        {ICR_HIGH, 0x07000000}, {ID, 0x03000000},
    };
    for (uint32_t at = 0; at < COUNT(writes); at++) {
        const uint32_t before = apic(writes[at][0]);
        set_apic(writes[at][0], writes[at][1]);
        field("register", writes[at][0], 3);
        field("keeps", apic(writes[at][0]), 8);
        print("\n");
        set_apic(writes[at][0], before);
    }
}

static void priorities(void) {
    at_vector = end_of_interrupt;
    send(0x41);
    send(0x59);
    send(0x58);
    send(0x32);
    print_state("pending");
    show("highest first");
    at_vector = no_end;
    send(0x45);
    let_in();
    send(0x43);
    send(0x36);
    let_in();
    print_state("0x45 in service, its class and below wait");
    send(0x51);
    let_in();
    print_state("a higher one interrupts");
    set_apic(EOI, 0);
    print_state("one end of interrupt");
    at_vector = end_of_interrupt;
    set_apic(EOI, 0);
    show("and the other");
    for (uint32_t priority = 0x3F; priority <= 0x60; priority += 0x0B) {
        set_apic(TPR, priority);
        send(0x48);
        print_state("task priority");
        show(" lets in");
        set_apic(TPR, 0);
        show(" then");
    }
    send(0x44);
    send(0x44);
    show("the same twice");
    set_apic(EOI, 0);
    print_state("an end with nothing in service");
}

static void commands(void) {
    static const uint32_t rows[][2] = {
        {0x00080044, 0}, {0x000C0044, 0}, {0x00000044, 0}, {0x00000044, 0x01000000}, {0x00000044, 0xFF000000}, {0x00000844, 0x01000000}, {0x00000844, 0x02000000},
        {0x00000144, 0}, {0x00004500, 0x01000000}, {0x00008500, 0x01000000}, {0x00000608, 0x01000000}, {0x000C4500, 0}, {0x000C0608, 0},
    };
    set_apic(LDR, 0x01000000);
    for (uint32_t at = 0; at < COUNT(rows); at++) {
        set_apic(ICR_HIGH, rows[at][1]);
        set_apic(ICR, rows[at][0]);
        field("command", rows[at][0], 8);
        field("to", rows[at][1], 8);
        field("status", apic(ICR) >> 12 & 1, 1);
        show("");
    }
    set_apic(DFR, 0x0FFFFFFF);
    set_apic(LDR, 0x21000000);
    for (uint32_t to = 0x20; to < 0x33; to++) {
        set_apic(ICR_HIGH, to << 24);
        set_apic(ICR, 0x00000844);
        field("cluster", to, 2);
        show("");
    }
    set_apic(DFR, 0xFFFFFFFF);
    set_apic(LDR, 0);
}

static void wait_for(uint32_t number) {
    while (count < number) __asm__ volatile("sti\nhlt\ncli" : : : "memory");
}

static void timer(void) {
    static const uint8_t divides[] = {0xB, 0, 1, 2, 3, 8, 9, 0xA};
    at_vector = end_of_interrupt;
    for (uint32_t at = 0; at < COUNT(divides); at++) {
        set_apic(INITIAL, 0);
        set_apic(DIVIDE, divides[at]);
        set_apic(TIMER, 0x50);
        set_apic(INITIAL, 1000);
        wait_for(1);
        field("divide", apic(DIVIDE), 1);
        field("left", apic(CURRENT), 1);
        print_order("");
    }
    set_apic(DIVIDE, 3);
    set_apic(TIMER, PERIODIC | 0x51);
    set_apic(INITIAL, 2000);
    wait_for(5);
    set_apic(TIMER, MASKED | PERIODIC | 0x51);
    let_in();
    count = 5;
    print_order("periodic");
    field("counts", apic(CURRENT) <= 2000 && apic(CURRENT) > 0, 1);
    set_apic(INITIAL, 0);
    field("stopped", apic(CURRENT), 1);
    set_apic(TIMER, MASKED | 0x50);
    set_apic(INITIAL, 100);
    while (apic(CURRENT)) {}
    show(" masked");
    set_apic(TIMER, 0x50);
    show("unmasked too late");
}

// COM1's transmitter is empty: enabling its interrupt asserts IRQ 4 at once.
static void assert_serial(void) {
    out8(COM1 + 4, 0x0B);
    out8(COM1 + 1, 2);
}
static void drop_serial(void) { out8(COM1 + 1, 0); }
static void serve_serial(uint32_t vector) {
    if (count >= 3) drop_serial();
    end_of_interrupt(vector);
}

static void redirection(void) {
    field("entries", (io_apic(1) >> 16 & 0xFF) + 1, 2);
    field("after reset", io_apic(0x10), 8);
    field("after reset", io_apic(0x3E), 8);
    print("\n");
    static const uint32_t lows[] = {0x00000042, 0x00010042, 0x0001A942, 0x00000842, 0x00002142};
    for (uint32_t at = 0; at < COUNT(lows); at++) {
        redirect(20, lows[at], 0x5A000000);
        field("low", io_apic(0x10 + 40), 8);
        field("high", io_apic(0x11 + 40), 8);
        print("\n");
    }
    redirect(20, MASKED, 0);
    redirect(SERIAL_PIN, MASKED | 0x44, 0);
    assert_serial();
    redirect(SERIAL_PIN, 0x44, 0);
    drop_serial();
    show("an edge on a masked pin");
    assert_serial();
    drop_serial();
    show("an edge");
    redirect(SERIAL_PIN, 0x44, 0x01000000);
    assert_serial();
    drop_serial();
    show("an edge to an absent processor");
    set_apic(LDR, 0x80000000);
    redirect(SERIAL_PIN, 0x844, 0x81000000);
    assert_serial();
    drop_serial();
    show("an edge by logical destination");
    redirect(SERIAL_PIN, LEVEL | MASKED | 0x45, 0);
    at_vector = serve_serial;
    assert_serial();
    redirect(SERIAL_PIN, LEVEL | 0x45, 0);
    const uint32_t remote_irr = io_apic(0x10 + 2 * SERIAL_PIN) >> 14 & 1, trigger_mode = apic(0x1A0), requests = apic(0x220);
    wait_for(3);
    field("remote irr", remote_irr, 1);
    field("tmr", trigger_mode, 8);
    field("irr", requests, 8);
    print("\n");
    print_order("a level, served at the third time");
    field("remote irr", io_apic(0x10 + 2 * SERIAL_PIN) >> 14 & 1, 1);
    print("\n");
    redirect(SERIAL_PIN, MASKED, 0);
    at_vector = end_of_interrupt;
    redirect(TIMER_PIN, 0x46, 0);
    out8(0x43, 0x30);
    out8(0x40, 200);
    out8(0x40, 0);
    wait_for(1);
    print_order("the interval timer");
    redirect(TIMER_PIN, MASKED, 0);
    in8(0x60);
    redirect(KEYBOARD_PIN, 0x47, 0);
    out8(0x60, 0xEE);
    wait_for(1);
    field("echo", in8(0x60), 2);
    print_order(" the keyboard");
    redirect(KEYBOARD_PIN, MASKED, 0);
}

static void start_8259a(void) {
    static const uint8_t words[][2] = {
        {PIC1, 0x11}, {PIC1 + 1, 0x20}, {PIC1 + 1, 4}, {PIC1 + 1, 1}, {PIC2, 0x11}, {PIC2 + 1, 0x28}, {PIC2 + 1, 2}, {PIC2 + 1, 1},
        {PIC1 + 1, 0xFF}, {PIC2 + 1, 0xFF},
    };
    for (uint32_t at = 0; at < COUNT(words); at++) out8(words[at][0], words[at][1]);
}

// Why before the title: printing would ask for the serial interrupt again.
static void show_serial(const char *title) {
    assert_serial();
    let_in();
    drop_serial();
    print_order(title);
}

static void virtual_wire(void) {
    at_vector = end_of_8259a;
    out8(PIC1 + 1, 0xEF);
    set_apic(LINT0, 0x700);
    show_serial("through LINT0");
    set_apic(TPR, 0xFF);
    show_serial("task priority does not hold it back");
    set_apic(TPR, 0);
    set_apic(LINT0, MASKED | 0x700);
    assert_serial();
    let_in();
    const uint32_t masked = count;
    set_apic(LINT0, 0x700);
    let_in();
    drop_serial();
    field("with LINT0 masked", masked, 1);
    print_order(", and unmasked");
    out8(PIC1 + 1, 0xFF);
}

static void software_disable(void) {
    at_vector = end_of_interrupt;
    send(0x44);
    set_apic(SVR, 0x5F);
    field("lint0", apic(LINT0), 8);
    show(" disabled by software");
    set_apic(SVR, 0x15F);
    show("enabled");
}

// Asks for another from within: it waits until the handler has returned.
static void nmi_twice(uint32_t vector) {
    (void)vector;
    if (count == 1) {
        set_apic(ICR, 0x400);
        order[count++] = 0xAA;
    }
}

// Interrupts stay off: none of these asks whether they may.
static void non_maskable(void) {
    at_vector = no_end;
    set_apic(ICR_HIGH, 0);
    set_apic(ICR, 0x400);
    print_order("NMI by a command");
    redirect(SERIAL_PIN, 0x444, 0);
    assert_serial();
    drop_serial();
    print_order("NMI by redirection");
    redirect(SERIAL_PIN, MASKED, 0);
    set_apic(TPR, 0xFF);
    at_vector = nmi_twice;
    set_apic(ICR, 0x400);
    print_order("NMI within an NMI");
    set_apic(TPR, 0);
}

static uint32_t has_apic(void) {
    uint32_t eax = 1, ebx, ecx, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    return edx >> 9 & 1;
}
static uint32_t apic_base(void) {
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(0x1B));
    return low;
}
static void set_apic_base(uint32_t low) { __asm__ volatile("wrmsr" : : "a"(low), "d"(0), "c"(0x1B)); }

static void hardware_disable(void) {
    field("base", apic_base(), 8);
    field("cpuid", has_apic(), 1);
    set_apic_base(apic_base() & ~0x800);
    field("base", apic_base(), 8);
    print("\n");
    at_vector = end_of_8259a;
    out8(PIC1 + 1, 0xEF);
    show_serial("without a local APIC");
    out8(PIC1 + 1, 0xFF);
}

static void all(void) {
    priorities();
    commands();
    timer();
    redirection();
    virtual_wire();
    non_maskable();
    software_disable();
}

int main(void) {
    for (uint32_t vector = FIRST; vector < VECTORS; vector++) set_gate(vector, SELECTOR_CODE, (uint32_t)entry_points + 16 * (vector - FIRST), 0x8E);
    set_gate(2, SELECTOR_CODE, (uint32_t)nmi_entry, 0x8E);
    start_8259a();
    registers();
    set_apic(SVR, 0x15F);
    all();
    print("with paging\n");
    write_cr4(read_cr4() | CR4_PSE);
    directory[APIC >> 22] = (APIC & 0xFFC00000) | LARGE | 0x10 | WRITABLE | PRESENT;
    directory[IO_APIC >> 22] = (IO_APIC & 0xFFC00000) | LARGE | 0x10 | WRITABLE | PRESENT;
    paging_init();
    all();
    hardware_disable();
    return 0;
}
