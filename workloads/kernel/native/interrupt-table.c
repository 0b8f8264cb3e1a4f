// The interrupt descriptor table (SDM vol. 3A, 6.10 to 6.12).
#include "interrupt-table.h"
#include "paravirt.h"
#include "selector.h"
#include "trap.h"

#define GATE_USER 0x6000u

extern uint8_t trap_entries[], trap_entry_system_call[];

static uint32_t gates[VECTOR_COUNT][2] __attribute__((section(".bss.descriptors"), aligned(8)));

static void set_gate(unsigned vector, const uint8_t *entry, uint32_t type) {
    uint32_t address = (uint32_t)entry;
    gates[vector][0] = (uint32_t)KERNEL_CODE << 16 | (address & 0xFFFF);
    gates[vector][1] = (address & 0xFFFF0000u) | type;
}

void interrupt_table_enter_at(const uint8_t *entries, const uint8_t *system_call_entry, uint32_t system_call_gate) {
    for (unsigned vector = 0; vector < VECTOR_INTERRUPTS + 16; vector++)
        set_gate(vector, entries + 16 * vector, GATE_INTERRUPT | (is_for_programs(vector) ? GATE_USER : 0));
    set_gate(VECTOR_SYSTEM_CALL, system_call_entry, system_call_gate | GATE_USER);
}

// Interrupt gates hold interrupts off in the handler; system calls run with interrupts on, through a trap gate.
void machine_load_traps(void) {
    interrupt_table_enter_at(trap_entries, trap_entry_system_call, GATE_TRAP);
    struct __attribute__((packed)) { uint16_t limit; uint32_t base; } pointer = {sizeof gates - 1, (uint32_t)gates};
    __asm__ volatile("lidt %0" : : "m"(pointer));
}
