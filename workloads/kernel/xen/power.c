// The domain's shutdown, with the reason that tells its owner how it ended.
#include "power.h"
#include "hypercall.h"

void power_off(uint8_t value) {
    uint32_t reason = value == EXIT_OK ? SHUTDOWN_POWEROFF : SHUTDOWN_CRASH;
    for (;;) HYPERCALL2(HYPERCALL_SCHED_OP, SCHEDOP_SHUTDOWN, &reason);
}
