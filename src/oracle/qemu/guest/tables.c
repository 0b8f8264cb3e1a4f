// Building and loading the tables.
#include "tables.h"
#include "instruction.h"
#include "probe.h"

#define INTERRUPT_GATE 0x8E

struct task_state tss __attribute__((aligned(4096)));
uint32_t gdt[33][2], ldt[8][2], idt[VECTORS][2];
extern const uint8_t entries[];

struct table {
    uint16_t limit;
    uint32_t base;
} __attribute__((packed));

void set_descriptor(uint32_t selector, uint32_t base, uint32_t limit, uint32_t access, uint32_t high) {
    uint32_t *entry = selector & 4 ? ldt[selector >> 3] : gdt[selector >> 3];
    entry[0] = (limit & 0xFFFF) | base << 16;
    entry[1] = (base & 0xFF000000) | (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | high << 16;
}

void set_flat(uint32_t selector, uint32_t access) { set_descriptor(selector, 0, 0xFFFFF, access, 0xC0); }

void set_gate(uint32_t vector, uint32_t selector, uint32_t offset, uint32_t access) {
    idt[vector][0] = selector << 16 | (offset & 0xFFFF);
    idt[vector][1] = (offset & 0xFFFF0000) | access << 8;
}

uint32_t entry_of(uint32_t vector) { return (uint32_t)entries + ENTRY_BYTES * vector; }

void reset_gate(uint32_t vector) {
    const int open = vector >= 0x30 || vector == 3 || vector == 4;
    set_gate(vector, SELECTOR_CODE, entry_of(vector), INTERRUPT_GATE | (open ? ACCESS_DPL(3) : 0));
}

void load_idt_limit(uint32_t limit) {
    const struct table table = {limit, (uint32_t)idt};
    __asm__ volatile("lidt %0" : : "m"(table));
}

static void load_gdt(void) {
    const struct table table = {sizeof gdt - 1, (uint32_t)gdt};
    __asm__ volatile(
        "lgdt %0\n"
        "movl $0x10, %%eax\n"
        "movl %%eax, %%ss\n"
        "movl %%eax, %%ds\n"
        "movl %%eax, %%es\n"
        "movl %%eax, %%fs\n"
        "movl %%eax, %%gs\n"
        "ljmp $0x08, $1f\n"
        "1:" : : "m"(table) : "eax");
}

void tables_init(void) {
    out8(0x21, 0xFF);                           // no interrupt but those a group asks for
    out8(0xA1, 0xFF);
    for (uint32_t ring = 0; ring < 4; ring++) {
        set_flat(ring_code(ring), CODE | ACCESS_DPL(ring));
        set_flat(ring_data(ring), DATA | ACCESS_DPL(ring));
    }
    set_descriptor(SELECTOR_TSS, (uint32_t)&tss, sizeof tss - 1, SYSTEM_TSS, 0);
    set_descriptor(SELECTOR_LDT, (uint32_t)ldt, sizeof ldt - 1, SYSTEM_LDT, 0);
    set_flat(SELECTOR_CONFORMING, CONFORMING);
    set_flat(SELECTOR_LOCAL_DATA, DATA | ACCESS_DPL(3));
    for (uint32_t vector = 0; vector < VECTORS; vector++) reset_gate(vector);
    for (uint32_t ring = 0; ring < 3; ring++) tss.esp[ring] = (struct stack_pointer){ring_stack(ring), ring_data(ring)};
    tss.io_map_base = sizeof tss;
    load_gdt();
    load_idt_limit(sizeof idt - 1);
    load_tr(SELECTOR_TSS);
    load_ldtr(SELECTOR_LDT);
}
