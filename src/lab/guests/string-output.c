// A kernel that prints with REP OUTSB, more than an argument list holds, and with OUTSW and OUTSL where only the first byte counts.
#include "guest.h"

#define LENGTH 150000

static char text[LENGTH];

static const char *out_string(const char *from, u32 count, u32 width) {
  if (width == 1) __asm__ volatile("rep outsb" : "+S"(from), "+c"(count) : "d"(0xe9) : "memory");
  else if (width == 2) __asm__ volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(0x80) : "memory");
  else __asm__ volatile("rep outsl" : "+S"(from), "+c"(count) : "d"(0x80) : "memory");
  return from;
}

void main(u32 multiboot) {
  (void)multiboot;
  for (u32 at = 0; at < 8; at++) text[at] = "started\n"[at];
  out_string(text, 8, 1);
  for (u32 width = 1; width <= 4; width *= 2) print_hex(out_string(text, 3, width) - text);
  print("\n");
  for (u32 at = 0; at < LENGTH; at++) text[at] = 'a' + at % 26;
  out_string(text, LENGTH, 1);
  out8(0xf4, 0x10);
}
