// Event channels: what interrupt lines are to the native build.
#pragma once
#include <stdint.h>

// Calls `handler`, with events masked, for every event of a port from now on.
void event_handle(uint32_t port, void (*handler)(void));
// The same whenever Xen raises the virtual interrupt.
void event_bind_virtual_interrupt(uint32_t virtual_interrupt, void (*handler)(void));
