// Repeats every line typed to COM1, its letters in capitals, woken by the serial port's interrupt and asleep otherwise; `bye` ends it.
#include "guest.h"

#define COM1 0x3f8
#define IER_RECEIVED 1
#define LSR_DATA 1

extern u32 idt[];
void received(void);

static char typed[128];
static u32 length;
static volatile u32 complete;

static inline u32 in8(u32 port) { u32 value; __asm__ volatile("xor %0, %0; inb %w1, %b0" : "=&a"(value) : "d"(port)); return value; }

static void say(const char *text) { while (*text) out8(COM1, *text++); }

__asm__(".text\nreceived: pusha; cld; call take; popa; iret\n");

void take(void) {
  while (in8(COM1 + 5) & LSR_DATA) {
    char c = in8(COM1);
    if (c == '\r' || c == '\n') complete = 1;
    else if (length < sizeof typed - 1) typed[length++] = c;
  }
  out8(0x20, 0x20);
}

static void answer(void) {
  typed[length] = 0;
  if (length == 3 && typed[0] == 'b' && typed[1] == 'y' && typed[2] == 'e') {
    say("bye\n");
    out8(0xf4, 0x10);
  }
  for (u32 at = 0; at < length; at++) if (typed[at] >= 'a' && typed[at] <= 'z') typed[at] -= 32;
  say("you said ");
  say(typed);
  say("\n> ");
  length = 0;
  complete = 0;
}

void main(u32 multiboot) {
  (void)multiboot;
  u32 handler = (u32)received;
  idt[2 * 0x24] = 0x80000 | (handler & 0xffff);
  idt[2 * 0x24 + 1] = (handler & 0xffff0000) | 0x8e00;
  static const u8 programming[] = {0x11, 0x20, 4, 1, 0x11, 0x28, 2, 1};
  for (u32 at = 0; at < 8; at++) out8((at < 4 ? 0x20 : 0xa0) + (at % 4 != 0), programming[at]);
  out8(0x21, 0xef);
  out8(0xa1, 0xff);
  out8(COM1 + 4, 0x0b);
  out8(COM1 + 1, IER_RECEIVED);
  say("> ");
  for (;;) {
    __asm__ volatile("cli");
    if (complete) answer();
    __asm__ volatile("sti; hlt");
  }
}
