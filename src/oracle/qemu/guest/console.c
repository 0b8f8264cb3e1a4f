// COM1, a 16550A, polled (PC16550D data sheet, 8.0 Registers), and QEMU's isa-debug-exit.
#include "console.h"
#include "instruction.h"

#define COM1 0x3F8
#define LINE_STATUS 5
#define TRANSMITTER_EMPTY 0x20

static void put(char letter) {
    while (!(in8(COM1 + LINE_STATUS) & TRANSMITTER_EMPTY)) {}
    out8(COM1, (uint8_t)letter);
}

void print(const char *text) {
    while (*text) put(*text++);
}

// At least `digits` digits, as many as the value needs.
void print_hex(uint32_t value, uint32_t digits) {
    uint32_t count = digits;
    while (count < 8 && value >> (4 * count)) count++;
    while (count-- > 0) put("0123456789abcdef"[value >> (4 * count) & 15]);
}

void field(const char *name, uint32_t value, uint32_t digits) {
    print(" ");
    print(name);
    print("=");
    print_hex(value, digits);
}

void finish(uint8_t code) {
    out8(0xF4, code);
    for (;;) __asm__ volatile("cli; hlt");
}
