// Text on COM1, and the end of the machine.
#ifndef CONSOLE_H
#define CONSOLE_H
#include <stdint.h>

void print(const char *text);
void print_hex(uint32_t value, uint32_t digits);
// " name=hex"
void field(const char *name, uint32_t value, uint32_t digits);
void finish(uint8_t code) __attribute__((noreturn));
#endif
