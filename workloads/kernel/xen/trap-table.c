// The trap table that Xen delivers exceptions by. Vector 0x80 asks for no masking of events, so Xen puts it straight into the
// processor's own table: system calls enter the kernel without Xen.
#include "hypercall.h"
#include "paravirt.h"
#include "selector.h"
#include "trap.h"

enum { TRAP_MASKS_EVENTS = 4, TRAP_FOR_PROGRAMS = 3 };

extern uint8_t trap_entries[], trap_entry_system_call[];

// The end is an entry with address 0.
static struct trap_info table[VECTOR_INTERRUPTS + 2];

void machine_load_traps(void) {
    for (unsigned vector = 0; vector < VECTOR_INTERRUPTS; vector++) {
        table[vector] = (struct trap_info){
            .vector = (uint8_t)vector, .flags = TRAP_MASKS_EVENTS | (is_for_programs(vector) ? TRAP_FOR_PROGRAMS : 0),
            .cs = KERNEL_CODE, .address = (uint32_t)trap_entries + 16 * vector,
        };
    }
    table[VECTOR_INTERRUPTS] = (struct trap_info){
        .vector = VECTOR_SYSTEM_CALL, .flags = TRAP_FOR_PROGRAMS, .cs = KERNEL_CODE, .address = (uint32_t)trap_entry_system_call,
    };
    HYPERCALL2(HYPERCALL_SET_TRAP_TABLE, table, 0);
}
