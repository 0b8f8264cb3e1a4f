// A guest that drives the PC's own devices: interrupts of the network card, raised by its own register, through the 8259A, the I/O APIC or as
// messages; and DMA of the IDE controller, into a page table in use, or to where no memory is.
// Words of the command line: op=N n=OPERATIONS. 0 to 2: interrupts by 8259A, I/O APIC, message. 3: a page table. 4: beyond memory. 5: base addresses moved.
// 6: messages whose address is memory.
#include "guest.h"

extern u32 idt[];

#define ALL 0x63u
#define WINDOW 0x40000000u
#define IDE 0x0900u
#define CARD 0x1800u
#define APIC 0xfee00000u
#define IO_APIC 0xfec00000u
#define VECTOR 0x50u

static u32 directory[1024] __attribute__((aligned(4096)));
static u32 low[1024] __attribute__((aligned(4096)));
static u32 window[1024] __attribute__((aligned(4096)));
static u32 image[1024] __attribute__((aligned(4096)));
static u32 pages[2][1024] __attribute__((aligned(4096)));
static u32 region[2] __attribute__((aligned(8)));
static u32 ide, card, irq, by;
static volatile u32 taken;

static u8 in8(u32 port) { u8 v; __asm__ volatile("inb %w1, %0" : "=a"(v) : "d"(port)); return v; }
static u32 in32(u32 port) { u32 v; __asm__ volatile("inl %w1, %0" : "=a"(v) : "d"(port)); return v; }
static void out32(u32 port, u32 value) { __asm__ volatile("outl %0, %w1" ::"a"(value), "d"(port)); }
static volatile u32 *word(u32 address) { return (volatile u32 *)address; }
static u32 config(u32 slot, u32 offset) { out32(0xcf8, 0x80000000u | slot | offset); return in32(0xcfc); }
static void set_config(u32 slot, u32 offset, u32 value) { out32(0xcf8, 0x80000000u | slot | offset); out32(0xcfc, value); }

void handler(void);
__asm__(".text\n.globl handler\nhandler: pusha; cld; call interrupt; popa; iret\n");

// Reading the causes lets the pin go; then the end of the interrupt where it is wanted.
void interrupt(void) {
  taken += *word(card + 0xc0) != 0;
  if (by != 0) { *word(APIC + 0xb0) = 0; return; }
  if (irq >= 8) out8(0xa0, 0x20);
  out8(0x20, 0x20);
}

static void gate(u32 n, u32 to) {
  idt[2 * n] = 0x80000 | (to & 0xffff);
  idt[2 * n + 1] = (to & 0xffff0000) | 0x8e00;
}

static void set_io_apic(u32 index, u32 value) {
  *word(IO_APIC) = index;
  *word(IO_APIC + 0x10) = value;
}

static void route(void) {
  static const u8 words[] = {0x20, 0x11, 0x21, 0x20, 0x21, 0x04, 0x21, 0x01, 0x21, 0xff, 0xa0, 0x11, 0xa1, 0x28, 0xa1, 0x02, 0xa1, 0x01, 0xa1, 0xff};
  for (u32 at = 0; at < sizeof words; at += 2) out8(words[at], words[at + 1]);
  irq = config(CARD, 0x3c) & 0xff;
  gate(VECTOR, (u32)handler);
  if (by == 0) {
    gate(0x20 + irq, (u32)handler);
    out8(0x21, irq < 8 ? 0xff & ~(1 << irq) : 0xfb);
    if (irq >= 8) out8(0xa1, 0xff & ~(1 << (irq - 8)));
    return;
  }
  *word(APIC + 0xf0) = 0x1ff;
  if (by == 1) {
    set_io_apic(0x11 + irq * 2, *word(APIC + 0x20) & 0xff000000u);
    set_io_apic(0x10 + irq * 2, 0x8000 | VECTOR);
    return;
  }
  u32 at = config(CARD, 0x34) & 0xff;
  while (at && (config(CARD, at) & 0xff) != 5) at = config(CARD, at) >> 8 & 0xff;
  set_config(CARD, at + 4, by == 6 ? (u32)pages[0] : APIC);
  set_config(CARD, at + 8, 0);
  set_config(CARD, at + 12, VECTOR);
  set_config(CARD, at, config(CARD, at) | 0x10000);
}

static void interrupts(u32 n) {
  route();
  *word(card + 0xd0) = 4;
  __asm__ volatile("sti");
  marker_begin();
  for (u32 at = 1; at <= n; at++) {
    *word(card + 0xc8) = 4;
    while (by == 6 ? pages[0][0] != VECTOR : taken < at) {}
    if (by == 6) { pages[0][0] = 0; checkpoint(*word(card + 0xc0)); }
    marker_operation();
  }
  marker_end();
  checkpoint(taken);
}

// Eight sectors between the disk and memory; the bus master's status.
static u32 dma(u32 address, u32 to_memory) {
  region[0] = address;
  region[1] = 0x80001000u;
  out8(0x3f6, 2);
  out8(ide, 0);
  out32(ide + 4, (u32)region);
  out8(ide + 2, 6);
  static const u8 task[] = {0xe0, 8, 0, 0, 0};
  static const u8 places[] = {6, 2, 3, 4, 5};
  for (u32 at = 0; at < sizeof task; at++) out8(0x1f0 + places[at], task[at]);
  out8(0x1f7, to_memory ? 0xc8 : 0xca);
  out8(ide, to_memory ? 9 : 1);
  while (in8(ide + 2) & 1) {}
  while (in8(0x3f6) & 0x80) {}
  return in8(ide + 2);
}

// A page table in use is read from the disk; after INVLPG the page is the one that the new table names.
static void table(void) {
  for (u32 at = 0; at < 1024; at++) low[at] = at * 4096 | ALL;
  directory[0] = (u32)low | ALL;
  directory[WINDOW >> 22] = (u32)window | ALL;
  window[0] = (u32)pages[0] | ALL;
  image[0] = (u32)pages[1] | ALL;
  pages[0][0] = 0x11111111;
  pages[1][0] = 0x22222222;
  u32 scratch;
  __asm__ volatile("mov %1, %%cr3; mov %%cr0, %0; or $0x80000000, %0; mov %0, %%cr0" : "=&r"(scratch) : "r"(directory) : "memory");
  checkpoint(*word(WINDOW));
  dma((u32)image, 0);
  dma((u32)window, 1);
  __asm__ volatile("invlpg (%0)" ::"r"(WINDOW) : "memory");
  print_hex(*word(WINDOW));
  checkpoint(*word(WINDOW));
}

static void beyond(void) {
  static const u32 places[] = {0x4000000, 0x3fffff0, 0xe0000000, 0xfec00000, 0xfffff000, 0xfeb00000};
  for (u32 at = 0; at < sizeof places / sizeof *places; at++) {
    u32 status = dma(places[at], at & 1);
    print_hex(status);
    checkpoint(status);
  }
}

// The card's registers and the bus masters follow their base addresses, and are gone from where they were.
static void moved(void) {
  static const u32 bases[] = {0xfd000000, 0xc0000000, 0xe0000000, 0xfeb00000};
  for (u32 at = 0; at < 4; at++) {
    u32 old = card;
    set_config(CARD, 0x10, bases[at]);
    card = bases[at];
    checkpoint(*word(card + 8));
    checkpoint(*word(old + 8));
    set_config(CARD, 4, config(CARD, 4) & ~2u);
    checkpoint(*word(card + 8));
    set_config(CARD, 4, (config(CARD, 4) & 0xffff) | 2);
    checkpoint(*word(card + 8));
  }
  static const u32 ports[] = {0xd000, 0x3f0, 0xc100, 0xc000};
  for (u32 at = 0; at < 4; at++) {
    u32 old = ide;
    set_config(IDE, 0x20, ports[at]);
    ide = config(IDE, 0x20) & 0xfff0;
    checkpoint(ide);
    out32(ide + 4, 0x12345678 + at * 16);
    checkpoint(in32(ide + 4));
    checkpoint(in8(ide + 2));
    checkpoint(in32(old + 4));
  }
}

void main(u32 multiboot) {
  const char *line = *(u32 *)multiboot & 4 ? (const char *)((u32 *)multiboot)[4] : "";
  by = number(line, "op", 0);
  ide = config(IDE, 0x20) & 0xfff0;
  card = config(CARD, 0x10) & ~0xfu;
  if (by == 3) table();
  else if (by == 4) beyond();
  else if (by == 5) moved();
  else interrupts(number(line, "n", 100));
  out8(0xf4, 0x10);
}
