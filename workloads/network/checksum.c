#include "checksum.h"

// Four bytes at a time, the carry running along (RFC 1071, 4.2 for this architecture).
static uint32_t add_words(uint32_t sum, const void *data, uint32_t words) {
    if (words == 0) return sum;
    __asm__("clc\n1:\tadcl (%1), %0\n\tleal 4(%1), %1\n\tdecl %2\n\tjnz 1b\n\tadcl $0, %0" : "+r"(sum), "+r"(data), "+r"(words) : : "cc", "memory");
    return sum;
}

static uint32_t add_one(uint32_t sum, uint32_t value) {
    sum += value;
    return sum + (sum < value);
}

uint32_t checksum_add(uint32_t sum, const void *data, uint32_t bytes) {
    const uint8_t *rest = (const uint8_t *)data + (bytes & ~3u);
    sum = add_words(sum, data, bytes / 4);
    uint32_t last = 0;
    for (uint32_t at = 0; at < bytes % 4; at++) last |= (uint32_t)rest[at] << 8 * at;
    return add_one(sum, last);
}

uint16_t checksum_finish(uint32_t sum) {
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~((sum & 0xFFFF) + (sum >> 16));
}
