// Interrupts as messages to the local APIC (PCI Local Bus Specification 3.0, 6.8.1; SDM vol. 3A, 10.11).
#pragma once
#include <stdbool.h>
#include "pci.h"

// Has a function send the vector; false when it cannot send messages. Edges, for the processor that runs this.
bool message_enable(pci_function function, uint8_t vector);
void message_end_of_interrupt(void);
