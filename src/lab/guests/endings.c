// A kernel that ends in one of the ways kernels end, chosen by end= in its command line: most of them in the hands of a VMM.
#include "guest.h"

extern u32 idt[];
void handler(void);
__asm__(".text\n.globl handler\nhandler: add $4, %esp; iret\n");

static u32 directory[1024] __attribute__((aligned(4096)));

static void gate(u32 n, u32 to) {
  idt[2 * n] = 0x80000 | (to & 0xffff);
  idt[2 * n + 1] = (to & 0xffff0000) | 0x8e00;
}

// One interrupt, soon, through a vector that has no gate.
static void timer(void) {
  static const u8 words[] = {0x20, 0x11, 0x21, 0x20, 0x21, 0x04, 0x21, 0x01, 0x21, 0xfe, 0x43, 0x30, 0x40, 0x10, 0x40, 0x00};
  for (u32 at = 0; at < sizeof words; at += 2) out8(words[at], words[at + 1]);
}

// Page tables that map the first 4 MiB, then nothing under the stack.
static void lose_stack(void) {
  directory[0] = 0x83;
  u32 cr4;
  __asm__ volatile("mov %%cr4, %0; or $0x10, %0; mov %0, %%cr4; mov %1, %%cr3; mov %%cr0, %0; or $0x80000000, %0; mov %0, %%cr0" : "=&r"(cr4) : "r"(directory) : "memory");
  __asm__ volatile("mov $0x800000, %esp; push %eax");
}

void main(u32 multiboot) {
  const char *line = *(u32 *)multiboot & 4 ? (const char *)((u32 *)multiboot)[4] : "";
  static const struct { unsigned short limit; u32 at; } __attribute__((packed)) nothing = {0, 0};
  switch (number(line, "end", 0)) {
  case 0: __asm__ volatile("ud2"); break;
  case 1: timer(); __asm__ volatile("sti; 1: jmp 1b"); break;
  case 2: timer(); __asm__ volatile("sti; 1: hlt; jmp 1b"); break;
  case 3: __asm__ volatile("mov %0, %%ss" ::"r"(0x11)); break;
  case 4: __asm__ volatile("lidt %0; int3" ::"m"(nothing)); break;
  case 5: __asm__ volatile("lidt %0; int $0x80" ::"m"(nothing)); break;
  case 6: out8(0x64, 0xfe); break;
  case 7: lose_stack(); break;
  case 8: out8(0x21, 0xff); __asm__ volatile("sti; 1: hlt; jmp 1b"); break;
  case 9: __asm__ volatile("cli; hlt"); break;
  case 10: gate(13, (u32)handler); __asm__ volatile("mov $0x48, %eax; mov %eax, %ds"); break;
  case 11: __asm__ volatile("xor %eax, %eax; mov %eax, %cr3; mov %cr0, %eax; or $0x80000000, %eax; mov %eax, %cr0"); break;
  case 12: __asm__ volatile("ljmp $0x40, $0"); break;
  case 13: __asm__ volatile("mov $0x1000, %esp; pushl $0; pushl $0x40; pushl $0; iret"); break;
  case 14: __asm__ volatile("lgdt %0; mov $0x10, %%eax; mov %%eax, %%es" ::"m"(nothing) : "eax"); break;
  default: __asm__ volatile("mov $0xc0000001, %eax; mov %eax, %cr0; .byte 0x0f, 0x20, 0xc8"); break;
  }
  out8(0xf4, 0x10);
}
