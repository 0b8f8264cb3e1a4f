// The interrupt descriptor table and the dispatch of traps to their handlers (SDM vol. 3A, 6.10 to 6.12). Handlers live elsewhere.
#include "trap.h"
#include "panic.h"
#include "process.h"
#include "scheduler.h"
#include "segment.h"
#include "signal.h"

#define GATE_INTERRUPT 0x8E00u
#define GATE_TRAP 0x8F00u
#define GATE_USER 0x6000u

extern uint8_t trap_entries[], trap_entry_system_call[];

static uint32_t gates[VECTOR_COUNT][2] __attribute__((section(".bss.descriptors"), aligned(8)));
static trap_handler *handlers[VECTOR_COUNT];

static void set_gate(unsigned vector, const uint8_t *entry, uint32_t type) {
    uint32_t address = (uint32_t)entry;
    gates[vector][0] = (uint32_t)KERNEL_CODE << 16 | (address & 0xFFFF);
    gates[vector][1] = (address & 0xFFFF0000u) | type;
}

void trap_set_handler(unsigned vector, trap_handler *handler) { handlers[vector] = handler; }

void trap_unhandled(struct trap_frame *frame) {
    if (!from_user(frame)) panic("unexpected trap", frame);
    if (!signal_deliver(frame)) process_kill(frame);
}

// Interrupt gates hold interrupts off in the handler; system calls run with interrupts on, through a trap gate.
void trap_init(void) {
    for (unsigned vector = 0; vector < VECTOR_INTERRUPTS + 16; vector++) {
        set_gate(vector, trap_entries + 16 * vector, GATE_INTERRUPT);
        trap_set_handler(vector, trap_unhandled);
    }
    set_gate(VECTOR_SYSTEM_CALL, trap_entry_system_call, GATE_TRAP | GATE_USER);
    struct __attribute__((packed)) { uint16_t limit; uint32_t base; } pointer = {sizeof gates - 1, (uint32_t)gates};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}

// Simplification: the kernel is not pre-emptible; a process is switched away from on the way back to ring 3 only. A tick that falls
// between this check and IRET waits for the next entry, which saves a CLI in every system call.
void trap_dispatch(struct trap_frame *frame) {
    handlers[frame->vector](frame);
    if (reschedule_wanted && from_user(frame)) schedule();
}
