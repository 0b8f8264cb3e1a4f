// The price of a device's register: a read of the network card's, in memory or through its pair of ports (Intel 317453, 13.3).
#include "instruction.h"
#include "marker.h"
#include "panic.h"
#include "parameter.h"
#include "pci.h"
#include "port.h"
#include "settings.h"
#include "workload.h"

#define VENDOR 0x8086
#define CARD 0x100E
#define REGISTERS_BYTES 0x20000
// Base of the receive ring: a register that keeps what is written, and has no effect while the receiver is off.
#define REGISTER 0x2800
#define PATTERN 0x00345000u
enum { PORT_ADDRESS = 0, PORT_DATA = 4 };

static volatile uint32_t *registers;
static uint16_t ports;

static MEASURED struct report run(uint32_t operations, bool by_port, bool measured) {
    struct report report = {.name = "device-register", .operations = operations, .ok = true};
    if (measured) marker_region_begin();
    for (uint32_t operation = 0; operation < operations; operation++) {
        uint32_t value = by_port ? port_read32(ports + PORT_DATA) : registers[REGISTER / 4];
        report.checksum = checksum_fold(report.checksum, value);
        if (value != PATTERN) report.ok = false;
        if (measured) marker_operation();
    }
    if (measured) marker_region_end();
    return report;
}

void workload_start(void) {
    pci_function card = pci_find(VENDOR, CARD);
    if (card == PCI_NONE) panic("no network card of this kind", 0);
    pci_enable(card);
    registers = pci_map(card, 0, REGISTERS_BYTES);
    ports = pci_port(card, 1);
    registers[REGISTER / 4] = PATTERN;
    port_write32(ports + PORT_ADDRESS, REGISTER);
    bool by_port = parameter_is(parameters, "via", "port");
    run(8, by_port, false);
    struct report report = run(parameter_number(parameters, "operations"), by_port, true);
    marker_checkpoint(report.checksum);
    workload_finish(&report);
}
