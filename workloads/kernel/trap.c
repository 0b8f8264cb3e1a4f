// The dispatch of traps to their handlers, which live elsewhere. How they enter is in trap-entry.S, what brings them there in the
// paravirt layer.
#include "trap.h"
#include "panic.h"
#include "paravirt.h"
#include "process.h"
#include "scheduler.h"
#include "signal.h"

static trap_handler *handlers[VECTOR_COUNT];

void trap_set_handler(unsigned vector, trap_handler *handler) { handlers[vector] = handler; }

void trap_unhandled(struct trap_frame *frame) {
    if (!from_user(frame)) panic("unexpected trap", frame);
    if (!signal_deliver(frame)) process_kill(frame);
}

void trap_init(void) {
    for (unsigned vector = 0; vector < VECTOR_INTERRUPTS + 16; vector++) trap_set_handler(vector, trap_unhandled);
    machine_load_traps();
}

// Simplification: the kernel is not pre-emptible; a process is switched away from on the way back to ring 3 only. A tick that falls
// between this check and IRET waits for the next entry, which saves a CLI in every system call.
void trap_dispatch(struct trap_frame *frame) {
    handlers[frame->vector](frame);
    if (reschedule_wanted && from_user(frame)) schedule();
}
