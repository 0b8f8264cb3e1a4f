// Event channels: what interrupt lines are to the native build.
#pragma once
#include <stdint.h>

// Calls `handler`, with events masked, whenever Xen raises the virtual interrupt.
void event_bind_virtual_interrupt(uint32_t virtual_interrupt, void (*handler)(void));
