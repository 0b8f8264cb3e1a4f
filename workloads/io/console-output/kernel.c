// Lines on the first serial port, a 16550A, byte by byte with a look at its status before each, or up to sixteen bytes for every interrupt
// that says its queue is empty (PC16550D data sheet, 8.4 to 8.6).
#include "console.h"
#include "instruction.h"
#include "marker.h"
#include "parameter.h"
#include "paravirt.h"
#include "pic.h"
#include "settings.h"
#include "trap.h"
#include "workload.h"

enum { COM1 = 0x3F8, INTERRUPT_ENABLE = COM1 + 1, INTERRUPT_CAUSE = COM1 + 2, MODEM_CONTROL = COM1 + 4 };
enum { WHEN_EMPTY = 0x02, CAUSE_MASK = 0x0F, TERMINAL = 0x01, REQUEST = 0x02, TO_BUS = 0x08, QUEUE_BYTES = 16, LINE = 4, MOST_BYTES = 1024 };

static char text[MOST_BYTES];
static const char *next;
static volatile uint32_t left;

static void feed(void) {
    if (left == 0) port_write(INTERRUPT_ENABLE, 0);
    for (uint32_t count = 0; count < QUEUE_BYTES && left > 0; count++, left--) port_write(COM1, (uint8_t)*next++);
}

// Reading the cause takes it back; the next comes when the queue has become empty again.
static void interrupt(struct trap_frame *frame) {
    (void)frame;
    if ((port_read(INTERRUPT_CAUSE) & CAUSE_MASK) == WHEN_EMPTY) feed();
    pic_end_of_interrupt(LINE);
}

static void write_by_interrupts(const char *bytes, uint32_t count) {
    interrupts_disable();
    next = bytes;
    left = count;
    port_write(INTERRUPT_ENABLE, WHEN_EMPTY);
    while (left > 0) {
        enable_and_halt();
        interrupts_disable();
    }
    port_write(INTERRUPT_ENABLE, 0);
    interrupts_enable();
}

static void open_interrupts(void) {
    trap_set_handler(VECTOR_INTERRUPTS + LINE, interrupt);
    port_write(MODEM_CONTROL, TERMINAL | REQUEST | TO_BUS);
    pic_unmask(LINE);
}

// A line of letters that tells its number.
static uint32_t compose(uint32_t number, uint32_t bytes, uint32_t checksum) {
    for (uint32_t at = 0; at + 1 < bytes; at++) {
        text[at] = (char)('a' + (number * 7 + at) % 26);
        checksum = checksum_fold(checksum, (uint8_t)text[at]);
    }
    text[bytes - 1] = '\n';
    return checksum;
}

static MEASURED struct report run(uint32_t operations, uint32_t bytes, void (*write)(const char *, uint32_t)) {
    struct report report = {.name = "console-output", .operations = operations, .ok = true};
    marker_region_begin();
    for (uint32_t number = 0; number < operations; number++) {
        report.checksum = compose(number, bytes, report.checksum);
        write(text, bytes);
        marker_operation();
    }
    marker_region_end();
    return report;
}

void workload_start(void) {
    uint32_t bytes = parameter_number(parameters, "size");
    bool polled = parameter_is(parameters, "mode", "polled");
    if (!polled) open_interrupts();
    struct report report = run(parameter_number(parameters, "operations"), bytes < 2 ? 2 : bytes > MOST_BYTES ? MOST_BYTES : bytes, polled ? console_write : write_by_interrupts);
    report.ok = left == 0;
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
