// Channel 0 of the 8254 as a rate generator (Intel 8254 data sheet, Mode 2).
#include "instruction.h"
#include "paravirt.h"
#include "pic.h"
#include "scheduler.h"
#include "trap.h"

#define CHANNEL_0 0x40
#define CONTROL 0x43
#define RATE_GENERATOR 0x34                     // channel 0, low byte then high byte, mode 2
#define TIMER_LINE 0

static void tick(struct trap_frame *frame) {
    (void)frame;
    pic_end_of_interrupt(TIMER_LINE);
    reschedule_wanted = true;
}

void timer_init(uint32_t divisor) {
    if (divisor == 0) return;
    trap_set_handler(VECTOR_INTERRUPTS + TIMER_LINE, tick);
    port_write(CONTROL, RATE_GENERATOR);
    port_write(CHANNEL_0, (uint8_t)divisor);
    port_write(CHANNEL_0, (uint8_t)(divisor >> 8));
    pic_unmask(TIMER_LINE);
}
