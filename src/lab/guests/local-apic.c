// What single operations on the local APIC cost: op=NUMBER n=COUNT repeats one of them between the markers of a region, interrupts off but
// where one is taken. Unpaged, so that nothing but the operation leaves the guest.
#include "guest.h"

#define APIC 0xfee00000
#define TPR 0x080
#define EOI 0x0b0
#define COMMAND 0x300
#define COMMAND_HIGH 0x310
#define INITIAL_COUNT 0x380
#define TIMER 0x320
#define ID 0x020
#define SELF 0x40000
#define VECTOR 0x45

extern u32 idt[];
static volatile u32 taken;

__asm__(".text\nentry: pushl %eax\nincl taken\nmovl $0, 0xfee000b0\npopl %eax\niret");
extern const char entry[];

static u32 apic(u32 offset) { return *(volatile u32 *)(APIC + offset); }
static void set_apic(u32 offset, u32 value) { *(volatile u32 *)(APIC + offset) = value; }
static void let_in(void) { __asm__ volatile("sti; nop; cli" ::: "memory"); }

static void priority(void) {
  set_apic(TPR, 0x40);
  set_apic(TPR, 0x00);
}
// The request waits for the priority, as one does that arrives in a critical section.
static void held_back(void) {
  set_apic(TPR, 0x50);
  set_apic(COMMAND, SELF | VECTOR);
  set_apic(TPR, 0x00);
  let_in();
}
static void to_self(void) {
  set_apic(COMMAND, SELF | VECTOR);
  let_in();
}
static void to_nobody(void) {
  set_apic(COMMAND_HIGH, 0x01000000);
  set_apic(COMMAND, VECTOR);
}
static void identity(void) { apic(ID); }
static void arm(void) { set_apic(INITIAL_COUNT, 0x7fffffff); }

static void (*const operations[])(void) = {priority, held_back, to_self, to_nobody, identity, arm};

void main(u32 *information) {
  const char *line = information[0] & 4 ? (const char *)information[4] : "";
  const u32 wanted = number(line, "op", 0), count = number(line, "n", 100);
  const u32 address = (u32)entry;
  idt[2 * VECTOR] = 0x00080000 | (address & 0xffff);
  idt[2 * VECTOR + 1] = (address & 0xffff0000) | 0x8e00;
  out8(0x21, 0xff);
  out8(0x43, 0x30);
  set_apic(TIMER, 0x10000 | VECTOR);
  operations[wanted]();
  taken = 0;
  marker_begin();
  for (u32 at = 0; at < count; at++) {
    operations[wanted]();
    marker_operation();
  }
  marker_end();
  checkpoint(taken);
  print_hex(taken);
  out8(0xf4, 0x10);
}
