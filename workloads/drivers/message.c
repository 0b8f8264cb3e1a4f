// The local APIC lies where it is after a reset. What else it does is left as the firmware left it.
#include "message.h"

#define APIC_BASE 0xFEE00000u
#define APIC_BYTES 0x1000
enum { APIC_ID = 0x020, END_OF_INTERRUPT = 0x0B0, SPURIOUS_VECTOR = 0x0F0 };
#define APIC_ENABLED 0x1FFu
enum { CAPABILITY_MSI = 0x05, MSI_ADDRESS = 4, MSI_HIGH = 8, MSI_DATA_32 = 8, MSI_DATA_64 = 12 };
#define MSI_ENABLE (1u << 16)
#define MSI_64_BIT (1u << 23)

static volatile uint8_t *apic;

static volatile uint32_t *apic_register(uint32_t offset) { return (volatile uint32_t *)(apic + offset); }

static uint32_t find_capability(pci_function function) {
    for (uint32_t at = pci_read(function, PCI_CAPABILITIES) & 0xFC; at; at = pci_read(function, at) >> 8 & 0xFC)
        if ((pci_read(function, at) & 0xFF) == CAPABILITY_MSI) return at;
    return 0;
}

bool message_enable(pci_function function, uint8_t vector) {
    uint32_t at = find_capability(function);
    if (!at) return false;
    if (!apic) apic = pci_map_at(APIC_BASE, APIC_BYTES);
    *apic_register(SPURIOUS_VECTOR) = APIC_ENABLED;
    bool wide = pci_read(function, at) & MSI_64_BIT;
    pci_write(function, at + MSI_ADDRESS, APIC_BASE | (*apic_register(APIC_ID) >> 24) << 12);
    if (wide) pci_write(function, at + MSI_HIGH, 0);
    pci_write(function, at + (wide ? MSI_DATA_64 : MSI_DATA_32), vector);
    pci_write(function, at, pci_read(function, at) | MSI_ENABLE);
    return true;
}

void message_end_of_interrupt(void) { *apic_register(END_OF_INTERRUPT) = 0; }
