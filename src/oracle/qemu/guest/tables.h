// The descriptor tables and the task state segment. Intel SDM vol. 3A, 3.4.5, 5.8, 6.11 and 7.2.1.
#ifndef TABLES_H
#define TABLES_H
#include <stdint.h>

// Access bytes: present, S, type.
#define DATA 0x92
#define CODE 0x9A
#define CONFORMING 0x9E
#define ACCESS_DPL(ring) ((ring) << 5)
#define SYSTEM_LDT 0x82
#define SYSTEM_TSS 0x89

#define SELECTOR_TSS 0x48
#define SELECTOR_LDT 0x50
#define SELECTOR_CONFORMING 0x58
// Free for a group's own descriptors, from here to the end of the table.
#define SELECTOR_FREE 0x60
#define SELECTOR_BEYOND 0x108
// In the LDT.
#define SELECTOR_LOCAL_DATA 0x0C
#define SELECTOR_LOCAL_FREE 0x14

struct stack_pointer {
    uint32_t esp, ss;
};
#define IO_MAP_BYTES 0x2000
struct task_state {
    uint32_t link;
    struct stack_pointer esp[3];
    uint32_t unused[18];
    uint16_t trap, io_map_base;
    uint8_t io_map[IO_MAP_BYTES + 1];
} __attribute__((packed));

extern struct task_state tss;
extern uint32_t gdt[33][2], ldt[8][2], idt[][2];

void tables_init(void);
// Both tables: an entry from base, 20-bit limit, access byte and the high flags (0xC0: 4 KiB units, 32-bit).
void set_descriptor(uint32_t selector, uint32_t base, uint32_t limit, uint32_t access, uint32_t high);
// A flat entry.
void set_flat(uint32_t selector, uint32_t access);
void set_gate(uint32_t vector, uint32_t selector, uint32_t offset, uint32_t access);
// The entry of a vector, as tables_init leaves it: ring 0, interrupt gate, DPL 0 for exceptions and interrupts and 3 from 0x30 on.
void reset_gate(uint32_t vector);
uint32_t entry_of(uint32_t vector);
void load_idt_limit(uint32_t limit);

static inline uint32_t ring_code(uint32_t ring) { return (0x08 + 0x10 * ring) | ring; }
static inline uint32_t ring_data(uint32_t ring) { return (0x10 + 0x10 * ring) | ring; }
#endif
