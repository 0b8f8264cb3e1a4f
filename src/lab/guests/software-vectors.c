// A program that raises every vector with INT, those of page fault and double fault too: through a gate it may use, one it may not, one
// that is not present, and INT3, INTO and BOUND beside them. The kernel prints vector, error code and how far the program is.
#include "guest.h"

#define VECTORS 48
#define USER_CODE 0x1b
#define USER_DATA 0x23

extern u32 gdt[], idt[];
extern char stubs[], program[], program_end[];
void enter(u32 eip, u32 esp);
static u32 tss[26], user_stack[256], kernel_stack[1024];

// Each stub pushes a zero where the processor pushes no error code; an INT never has one.
__asm__(
    ".text\n.globl stubs, program, program_end, enter\n.altmacro\n"
    ".macro stub n\n.balign 16\n push $\\n\n jmp common\n.endm\n"
    ".balign 16\nstubs:\n.set n, 0\n.rept 48\n stub %n\n.set n, n+1\n.endr\n"
    "common: pusha; mov $0x10, %eax; mov %eax, %ds; mov %eax, %es; push %esp; call trapped; pop %ecx; mov $0x23, %ecx; mov %ecx, %ds; mov %ecx, %es\n"
    " popa; add $4, %esp; cmpl $0x1b, 4(%esp); je 1f; add $4, %esp\n1: iret\n"
    "enter: mov 4(%esp), %ecx; mov 8(%esp), %edx; mov $0x23, %eax; mov %eax, %ds; mov %eax, %es; push $0x23; push %edx; push $0x2; push $0x1b; push %ecx; iret\n"
    "program:\n.set n, 0\n.rept 48\n .byte 0xcd, n\n nop\n.set n, n+1\n.endr\nprogram_end: int $0x80\n");

static void gate(u32 n, u32 handler, u32 kind) {
  idt[2 * n] = 0x80000 | (handler & 0xffff);
  idt[2 * n + 1] = (handler & 0xffff0000) | kind;
}

static u32 round;

/** Frame: eight registers, the vector, then the processor's, which begins with an error code when CS is not where it would be. */
u32 trapped(u32 *frame) {
  u32 vector = frame[8];
  u32 *pushed = frame + 9;
  u32 coded = pushed[1] != USER_CODE;
  u32 *eip = pushed + coded;
  print_hex(vector);
  print(" ");
  print_hex(coded ? pushed[0] : 0xffffffff);
  print(" ");
  print_hex(*eip - (u32)program);
  print("\n");
  if (*eip >= (u32)program_end) {
    if (++round == 3) out8(0xf4, 0x10);
    for (u32 n = 0; n < VECTORS; n++) gate(n, (u32)stubs + 16 * n, round == 1 ? 0xee00 : n == 13 || n == 11 ? 0x8e00 : 0x6e00);
    *eip = (u32)program;
  } else if (coded) {
    *eip += 2;
  }
  return 0;
}

void main(u32 multiboot) {
  (void)multiboot;
  u32 base = (u32)tss;
  tss[1] = (u32)(kernel_stack + 1024);
  tss[2] = 0x10;
  tss[25] = 104 << 16;
  static u32 table[12];
  for (u32 n = 0; n < 10; n++) table[n] = gdt[n];
  table[10] = (base << 16) | 103;
  table[11] = (base & 0xff000000) | 0x8900 | ((base >> 16) & 0xff);
  struct { unsigned short limit; u32 at; } __attribute__((packed)) pointer = {47, (u32)table};
  __asm__ volatile("lgdt %0; ltr %w1" ::"m"(pointer), "r"(0x28));
  for (u32 n = 0; n < VECTORS; n++) gate(n, (u32)stubs + 16 * n, 0x8e00);
  gate(0x80, (u32)stubs, 0xee00);
  enter((u32)program, (u32)(user_stack + 256));
}
