// COM1, a 16550A, polled (PC16550D data sheet, 8.0 Registers). Input and interrupts are not used.
#include "console.h"
#include "instruction.h"
#include "paravirt.h"

#define COM1 0x3F8
#define INTERRUPT_ENABLE 1
#define FIFO_CONTROL 2
#define LINE_CONTROL 3
#define LINE_STATUS 5
#define DIVISOR_LATCH 0x80
#define EIGHT_BITS 0x03
#define TRANSMITTER_EMPTY 0x20

void console_init(void) {
    port_write(COM1 + INTERRUPT_ENABLE, 0);
    port_write(COM1 + LINE_CONTROL, DIVISOR_LATCH | EIGHT_BITS);
    port_write(COM1, 1);                        // 115200 baud
    port_write(COM1 + 1, 0);
    port_write(COM1 + LINE_CONTROL, EIGHT_BITS);
    port_write(COM1 + FIFO_CONTROL, 0x07);      // enabled, both queues cleared
}

// One call's bytes stay together even when processes take turns.
void console_write(const char *bytes, uint32_t count) {
    uint32_t flags = lock_interrupts();
    for (uint32_t index = 0; index < count; index++) {
        while (!(port_read(COM1 + LINE_STATUS) & TRANSMITTER_EMPTY)) {}
        port_write(COM1, (uint8_t)bytes[index]);
    }
    unlock_interrupts(flags);
}
