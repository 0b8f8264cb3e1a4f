// The tick: a timer of Xen's that fires once and is set again each time, on the system time of the shared page (Xen, public/vcpu.h).
#include "event.h"
#include "hypercall.h"
#include "paravirt.h"
#include "scheduler.h"

static uint32_t period;                         // nanoseconds
static uint64_t deadline;

static inline uint64_t read_tsc(void) {
    uint64_t value;
    __asm__ volatile("rdtsc" : "=A"(value));
    return value;
}

// Xen's own formula; the version is odd, or changes, while Xen writes.
static uint64_t system_time(void) {
    volatile struct vcpu_time_info *time = &vcpu_info()->time;
    uint32_t version;
    uint64_t nanoseconds;
    do {
        version = time->version & ~1u;
        uint64_t ticks = read_tsc() - time->tsc_timestamp;
        ticks = time->tsc_shift < 0 ? ticks >> -time->tsc_shift : ticks << time->tsc_shift;
        uint64_t high = (ticks >> 32) * time->tsc_to_system_mul, low = (ticks & 0xFFFFFFFF) * time->tsc_to_system_mul;
        nanoseconds = time->system_time + high + (low >> 32);
    } while (time->version != version);
    return nanoseconds;
}

// Ticks that were missed are left out.
static void set_next(void) {
    uint64_t now = system_time();
    deadline += period;
    if (deadline <= now) deadline = now + period;
    struct vcpu_set_singleshot_timer timer = {.timeout_abs_ns = deadline};
    HYPERCALL3(HYPERCALL_VCPU_OP, VCPUOP_SET_SINGLESHOT_TIMER, 0, &timer);
}

static void tick(void) {
    reschedule_wanted = true;
    set_next();
}

void timer_init(uint32_t divisor) {
    if (divisor == 0) return;
    period = divisor * 838 + divisor * 95 / 1000;   // 838.095 ns for each cycle of the PC's timer
    HYPERCALL3(HYPERCALL_VCPU_OP, VCPUOP_STOP_PERIODIC_TIMER, 0, 0);
    event_bind_virtual_interrupt(VIRQ_TIMER, tick);
    set_next();
}
