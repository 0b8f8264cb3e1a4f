// Configuration mechanism #1 (PCI Local Bus Specification 2.2, 3.2.2.3.2).
#include "pci.h"
#include "layout.h"
#include "paging.h"
#include "paravirt.h"
#include "port.h"

#define ADDRESS 0xCF8
#define DATA 0xCFC
#define ENABLE 0x80000000u
#define DEVICES 32
#define FUNCTIONS 8
// Where device memory is mapped: above what workloads use of the window.
#define DEVICE_WINDOW (WINDOW_BASE + 0x1000000)

static uint32_t window_used;

uint32_t pci_read(pci_function function, uint32_t offset) {
    port_write32(ADDRESS, ENABLE | function | (offset & ~3u));
    return port_read32(DATA);
}

void pci_write(pci_function function, uint32_t offset, uint32_t value) {
    port_write32(ADDRESS, ENABLE | function | (offset & ~3u));
    port_write32(DATA, value);
}

pci_function pci_find(uint16_t vendor, uint16_t device) {
    uint32_t identity = (uint32_t)device << 16 | vendor;
    for (uint32_t slot = 0; slot < DEVICES * FUNCTIONS; slot++) {
        if (pci_read(slot << 8, 0) == identity) return slot << 8;
    }
    return PCI_NONE;
}

void pci_enable(pci_function function) {
    uint32_t command = pci_read(function, PCI_COMMAND);
    pci_write(function, PCI_COMMAND, (command & 0xFFFF) | PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

uint16_t pci_port(pci_function function, uint32_t index) { return (uint16_t)(pci_read(function, PCI_BASE_ADDRESS + 4 * index) & ~3u); }

volatile void *pci_map(pci_function function, uint32_t index, uint32_t bytes) {
    return pci_map_at(pci_read(function, PCI_BASE_ADDRESS + 4 * index) & ~15u, bytes);
}

volatile void *pci_map_at(uint32_t base, uint32_t bytes) {
    uint32_t start = DEVICE_WINDOW + window_used;
    for (uint32_t offset = 0; offset < bytes; offset += PAGE_BYTES) {
        uint32_t *entry = page_entry(kernel_directory_address(), start + offset, true);
        map_page(start + offset, entry, page_entry_value(base + offset, PAGE_PRESENT | PAGE_WRITABLE | PAGE_ACCESSED | PAGE_DIRTY));
    }
    window_used += (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1u);
    return (volatile void *)start;
}

unsigned pci_line(pci_function function) { return pci_read(function, PCI_INTERRUPT_LINE) & 0xF; }
