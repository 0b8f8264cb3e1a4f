// Console, ending, and the walk of the kernel's own tables, which it may read.
#include "xen.h"

uint32_t start_info;

void print(const char *text) {
    int length = 0;
    while (text[length]) length++;
    hypercall(CONSOLE_IO, 0, length, (long)text, 0, 0);
}

void print_number(const char *name, long value) {
    char text[16], *at = text + sizeof text - 1;
    unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;
    *at = 0;
    *--at = '\n';
    do *--at = '0' + rest % 10; while (rest /= 10);
    if (value < 0) *--at = '-';
    print(name);
    print(" ");
    print(at);
}

void power_off(void) {
    uint32_t reason = 0;
    for (;;) hypercall(SCHED_OP, 2, (long)&reason, 0, 0, 0);
}

void crash(const char *why) {
    uint32_t reason = 3;
    print("failed: ");
    print(why);
    print("\n");
    for (;;) hypercall(SCHED_OP, 2, (long)&reason, 0, 0, 0);
}

uint32_t *entry_of(uint32_t linear) {
    uint32_t frame = DIRECTORY[linear >> 22] >> 12;
    uint32_t *table = (uint32_t *)(BASE + (MACHINE_MAP[frame] << 12));
    return table + (linear >> 12 & 1023);
}
