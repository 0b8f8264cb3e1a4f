// Events: the timer by event channel, blocking until it comes, the mask, polling, the console's ring, and the return through Xen.
#include "xen.h"

extern char upcall[], failsafe[], trap_14[];
static volatile uint32_t upcalls, ticks, masked_inside;
static uint8_t shared_page[4096] __attribute__((aligned(4096)));
static uint32_t timer_port;

#define SHARED(type, offset) (*(volatile type *)(shared_page + (offset)))

void trapped(struct frame *frame) {
    if (frame->vector != 256) crash("an unexpected vector");
    upcalls++;
    masked_inside = SHARED(uint8_t, 1);
    EXPECT((frame->cs >> 16) == 0);
    EXPECT(frame->eflags & 0x200);
    SHARED(uint8_t, 0) = 0;
    uint32_t words = SHARED(uint32_t, 4);
    SHARED(uint32_t, 4) = 0;
    EXPECT(words == 1);
    if (SHARED(uint32_t, 2048) & 1u << timer_port) {
        ticks++;
        SHARED(uint32_t, 2048) &= ~(1u << timer_port);
    }
}

static uint64_t now(void) {
    uint32_t version, low, high;
    uint64_t stamp, base;
    do {
        version = SHARED(uint32_t, 32);
        stamp = SHARED(uint64_t, 40);
        base = SHARED(uint64_t, 48);
        __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    } while (version & 1 || version != SHARED(uint32_t, 32));
    uint64_t delta = ((uint64_t)high << 32 | low) - stamp;
    int shift = SHARED(int8_t, 60);
    delta = shift < 0 ? delta >> -shift : delta << shift;
    uint32_t multiplier = SHARED(uint32_t, 56);
    return base + ((delta >> 32) * multiplier) + (((delta & 0xffffffff) * multiplier) >> 32);
}

int main(void) {
    EXPECT(hypercall(SET_CALLBACKS, 0xe019, (long)upcall, 0xe019, (long)failsafe, 0) == 0);
    EXPECT(hypercall(UPDATE_VA_MAPPING, (long)shared_page, SHARED_INFO_MACHINE | 0x63, 0, 2, 0) == 0);
    EXPECT(SHARED(uint8_t, 1) == 1);
    struct { uint32_t virq, vcpu, port; } virq = {0, 0, 0};
    EXPECT(hypercall(EVENT_CHANNEL_OP, 1, (long)&virq, 0, 0, 0) == 0);
    EXPECT(hypercall(EVENT_CHANNEL_OP, 1, (long)&virq, 0, 0, 0) == -17);
    timer_port = virq.port;
    EXPECT(timer_port > 0 && timer_port < 32);
    /* Not masked, 100 Hz by default. */
    uint64_t start = now();
    for (int i = 0; i < 5; i++) EXPECT(hypercall(SCHED_OP, 1, 0, 0, 0, 0) == 0);
    uint64_t elapsed = now() - start;
    EXPECT(ticks == 5 && upcalls == 5 && masked_inside == 1);
    EXPECT(SHARED(uint8_t, 1) == 0);
    EXPECT(elapsed > 40000000 && elapsed < 60000000);
    EXPECT(hypercall(VCPU_OP, 7, 0, 0, 0, 0) == 0);
    /* A single shot, with the mask held: pending, not taken, until the mask is lifted and Xen is entered. */
    SHARED(uint8_t, 1) = 1;
    uint64_t at = now() + 1000000;
    EXPECT(hypercall(SET_TIMER_OP, (long)(uint32_t)at, (long)(at >> 32), 0, 0, 0) == 0);
    while (now() < at + 100000) { }
    EXPECT(ticks == 5 && SHARED(uint8_t, 0) == 1);
    SHARED(uint8_t, 1) = 0;
    hypercall(XEN_VERSION, 0, 0, 0, 0, 0);
    EXPECT(ticks == 6);
    struct { uint64_t timeout; uint32_t flags; } single = {now() + 2000000, 0};
    EXPECT(hypercall(VCPU_OP, 8, 0, (long)&single, 0, 0) == 0);
    EXPECT(hypercall(SCHED_OP, 1, 0, 0, 0, 0) == 0);
    EXPECT(ticks == 7);
    single.flags = 1;
    EXPECT(hypercall(VCPU_OP, 8, 0, (long)&single, 0, 0) == -62);
    EXPECT(hypercall(VCPU_OP, 8, 1, (long)&single, 0, 0) == -2);
    /* An event to oneself, polled for although its port is masked. */
    struct { uint32_t vcpu, port; } ipi = {0, 0};
    EXPECT(hypercall(EVENT_CHANNEL_OP, 7, (long)&ipi, 0, 0, 0) == 0);
    SHARED(uint32_t, 2176) |= 1u << ipi.port;
    EXPECT(hypercall(EVENT_CHANNEL_OP, 4, (long)&ipi.port, 0, 0, 0) == 0);
    EXPECT(SHARED(uint32_t, 2048) & 1u << ipi.port);
    struct { uint32_t *ports, count; uint64_t timeout; } poll = {&ipi.port, 1, 0};
    EXPECT(hypercall(SCHED_OP, 3, (long)&poll, 0, 0, 0) == 0);
    EXPECT(upcalls == 7);
    SHARED(uint32_t, 2048) &= ~(1u << ipi.port);
    poll.timeout = now() + 500000;
    EXPECT(hypercall(SCHED_OP, 3, (long)&poll, 0, 0, 0) == 0);
    EXPECT(now() >= poll.timeout);
    EXPECT(hypercall(EVENT_CHANNEL_OP, 3, (long)&ipi.port, 0, 0, 0) == 0);
    EXPECT(hypercall(EVENT_CHANNEL_OP, 4, (long)&ipi.port, 0, 0, 0) == -EINVAL);
    /* Two ports of this domain's tied together. */
    struct { uint16_t domain, remote; uint32_t port; } unbound = {0x7ff0, 0x7ff0, 0};
    EXPECT(hypercall(EVENT_CHANNEL_OP, 6, (long)&unbound, 0, 0, 0) == 0);
    struct { uint16_t domain; uint32_t remote, local; } pair = {0x7ff0, unbound.port, 0};
    SHARED(uint32_t, 2176) |= 0xfffffffe & ~(1u << timer_port | 1u << START(56));
    EXPECT(hypercall(EVENT_CHANNEL_OP, 0, (long)&pair, 0, 0, 0) == 0);
    EXPECT(hypercall(EVENT_CHANNEL_OP, 0, (long)&pair, 0, 0, 0) == -EINVAL);
    EXPECT(hypercall(EVENT_CHANNEL_OP, 4, (long)&pair.local, 0, 0, 0) == 0);
    EXPECT(SHARED(uint32_t, 2048) & 1u << unbound.port);
    SHARED(uint32_t, 2048) &= ~(1u << unbound.port | 1u << pair.local);
    EXPECT(hypercall(EVENT_CHANNEL_OP, 3, (long)&pair.local, 0, 0, 0) == 0);
    struct { uint16_t domain; uint32_t port, status, vcpu, first, second; } status = {0x7ff0, unbound.port, 9, 9, 9, 9};
    EXPECT(hypercall(EVENT_CHANNEL_OP, 5, (long)&status, 0, 0, 0) == 0 && status.status == 1);
    /* The console's ring. */
    uint8_t *ring = (uint8_t *)(BASE + (MACHINE_MAP[START(52)] << 12));
    const char *text = "by the ring\n";
    uint32_t length = 0;
    while (text[length]) { ring[1024 + length] = text[length]; length++; }
    *(uint32_t *)(ring + 3084) = length;
    uint32_t console_port = START(56);
    EXPECT(hypercall(EVENT_CHANNEL_OP, 4, (long)&console_port, 0, 0, 0) == 0);
    EXPECT(*(uint32_t *)(ring + 3080) == length);
    print_number("ticks", ticks);
    power_off();
}
