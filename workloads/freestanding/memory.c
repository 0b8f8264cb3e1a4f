// Block copy and fill with the string instructions (SDM vol. 1, 7.3.9). The direction flag is clear, as the ABI promises.
#include "memory.h"
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t bytes) {
    void *end = to;
    size_t words = bytes / 4;
    __asm__ volatile("rep movsl" : "+D"(end), "+S"(from), "+c"(words) : : "memory");
    bytes %= 4;
    __asm__ volatile("rep movsb" : "+D"(end), "+S"(from), "+c"(bytes) : : "memory");
    return to;
}

void *memset(void *to, int byte, size_t bytes) {
    void *end = to;
    size_t words = bytes / 4;
    uint32_t pattern = (uint8_t)byte * 0x01010101u;
    __asm__ volatile("rep stosl" : "+D"(end), "+c"(words) : "a"(pattern) : "memory");
    bytes %= 4;
    __asm__ volatile("rep stosb" : "+D"(end), "+c"(bytes) : "a"(pattern) : "memory");
    return to;
}
