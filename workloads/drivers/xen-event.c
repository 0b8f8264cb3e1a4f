// Event channels as both kinds of guest ask for them.
#include "panic.h"
#include "xen-interface.h"
#include "xen-machine.h"

void xen_event_send(uint32_t port) { xen_call(CALL_EVENT_CHANNEL_OP, EVTCHNOP_CALL_SEND, (uint32_t)&port, 0); }

uint32_t xen_event_allocate(void) {
    struct evtchn_alloc_unbound allocate = {.dom = DOMAIN_SELF, .remote_dom = DRIVER_DOMAIN};
    if (xen_call(CALL_EVENT_CHANNEL_OP, EVTCHNOP_CALL_ALLOC_UNBOUND, (uint32_t)&allocate, 0) < 0) panic("no event channel", 0);
    return allocate.port;
}
