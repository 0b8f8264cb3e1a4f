// Delivery of events: Xen sets bits in the shared page and calls event_callback, which comes here (Xen, public/event_channel.h).
#include "event.h"
#include "hypercall.h"
#include "panic.h"
#include "paravirt.h"
#include "trap.h"

enum { PORTS = 1024 };

static void (*handlers[PORTS])(void);

static inline uint32_t exchange(volatile uint32_t *word, uint32_t value) {
    __asm__ volatile("xchgl %0, %1" : "+r"(value), "+m"(*word) : : "memory");
    return value;
}

static inline void clear_bit(volatile uint32_t *word, uint32_t bit) {
    __asm__ volatile("lock andl %1, %0" : "+m"(*word) : "r"(~(1u << bit)) : "memory", "cc");
}

static void deliver_word(uint32_t word) {
    volatile uint32_t *pending = &shared_info.evtchn_pending[word];
    uint32_t ports;
    while ((ports = *pending & ~shared_info.evtchn_mask[word]) != 0) {
        uint32_t bit = (uint32_t)__builtin_ctz(ports);
        clear_bit(pending, bit);
        if (handlers[word * 32 + bit]) handlers[word * 32 + bit]();
    }
}

static void upcall(struct trap_frame *frame) {
    (void)frame;
    vcpu_info()->evtchn_upcall_pending = 0;
    for (uint32_t words = exchange(&vcpu_info()->evtchn_pending_sel, 0); words != 0; words &= words - 1) deliver_word((uint32_t)__builtin_ctz(words));
}

void interrupt_sources_init(void) {
    for (uint32_t word = 0; word < 32; word++) shared_info.evtchn_mask[word] = ~0u;
    trap_set_handler(VECTOR_INTERRUPTS, upcall);
}

void event_handle(uint32_t port, void (*handler)(void)) {
    handlers[port] = handler;
    HYPERCALL2(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_UNMASK, &port);
}

void event_bind_virtual_interrupt(uint32_t virtual_interrupt, void (*handler)(void)) {
    struct evtchn_bind_virq bind = {.virq = virtual_interrupt};
    if (HYPERCALL2(HYPERCALL_EVENT_CHANNEL_OP, EVTCHNOP_BIND_VIRQ, &bind) < 0 || bind.port >= PORTS) panic("no event channel", 0);
    event_handle(bind.port, handler);
}

void events_deliver(void) { HYPERCALL2(HYPERCALL_XEN_VERSION, XENVER_VERSION, 0); }
