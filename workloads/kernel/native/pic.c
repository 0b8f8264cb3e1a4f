// Two cascaded 8259A (Intel 8259A data sheet, Initialization Command Words, Operation Command Words).
#include "pic.h"
#include "instruction.h"
#include "paravirt.h"
#include "trap.h"

#define MASTER 0x20
#define SLAVE 0xA0
#define INITIALIZE 0x11
#define MODE_8086 0x01
#define END_OF_INTERRUPT 0x20
#define CASCADE_LINE 2

static void initialize(uint16_t base, uint8_t vector, uint8_t cascade) {
    port_write(base, INITIALIZE);
    port_write(base + 1, vector);
    port_write(base + 1, cascade);
    port_write(base + 1, MODE_8086);
    port_write(base + 1, 0xFF);
}

// A spurious interrupt is not in service, so it gets no end-of-interrupt.
static void ignore(struct trap_frame *frame) { (void)frame; }

void interrupt_sources_init(void) {
    initialize(MASTER, VECTOR_INTERRUPTS, 1 << CASCADE_LINE);
    initialize(SLAVE, VECTOR_INTERRUPTS + 8, CASCADE_LINE);
    trap_set_handler(VECTOR_INTERRUPTS + 7, ignore);
    trap_set_handler(VECTOR_INTERRUPTS + 15, ignore);
}

void pic_unmask(unsigned line) {
    uint16_t port = line < 8 ? MASTER + 1 : SLAVE + 1;
    port_write(port, port_read(port) & (uint8_t)~(1 << line % 8));
}

void pic_end_of_interrupt(unsigned line) {
    if (line >= 8) port_write(SLAVE, END_OF_INTERRUPT);
    port_write(MASTER, END_OF_INTERRUPT);
}
