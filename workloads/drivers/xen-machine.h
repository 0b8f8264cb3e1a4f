// What front ends need of Xen and the two kinds of guest get in ways of their own: xen-pv.c in a paravirtual domain, xen-hvm.c in a hardware
// virtual machine, which must look for Xen first.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// False when there is no Xen underneath. The first call prepares hypercalls and events.
bool xen_find(void);
int32_t xen_call(uint32_t number, uint32_t first, uint32_t second, uint32_t third);

// The number by which a grant names the page at an address of the kernel's.
uint32_t xen_frame(const void *page);
// Puts frame `index` of the grant table in the place of a page of the kernel's.
bool xen_place_grant_frame(uint32_t index, uint32_t count, void *page);

// The page of the store and the event channel to it.
struct xenstore_domain_interface *xen_store_page(void);
uint32_t xen_store_port(void);

// Calls `handler`, with interrupts off, for every event of a port from now on.
void xen_event_handle(uint32_t port, void (*handler)(void));
void xen_event_send(uint32_t port);
// A port that the driver domain may bind to.
uint32_t xen_event_allocate(void);
