// Functions on PCI bus 0, found by their identity. Base addresses and interrupt lines are as the firmware left them.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { PCI_COMMAND = 0x04, PCI_BASE_ADDRESS = 0x10, PCI_CAPABILITIES = 0x34, PCI_INTERRUPT_LINE = 0x3C };
enum { PCI_COMMAND_IO = 1, PCI_COMMAND_MEMORY = 2, PCI_COMMAND_MASTER = 4 };

// Device and function as configuration addresses have them; PCI_NONE when there is none.
typedef uint32_t pci_function;
#define PCI_NONE 0xFFFFFFFFu

pci_function pci_find(uint16_t vendor, uint16_t device);
uint32_t pci_read(pci_function function, uint32_t offset);
void pci_write(pci_function function, uint32_t offset, uint32_t value);

// Switches decoding and mastering on.
void pci_enable(pci_function function);
// The I/O base address `index`, or the memory behind it mapped into the kernel.
uint16_t pci_port(pci_function function, uint32_t index);
volatile void *pci_map(pci_function function, uint32_t index, uint32_t bytes);
// Device memory at a physical address that no base address names.
volatile void *pci_map_at(uint32_t base, uint32_t bytes);
unsigned pci_line(pci_function function);
