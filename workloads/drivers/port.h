// Wide and repeated port access, which only drivers of real controllers need.
#pragma once
#include <stdint.h>

static inline uint16_t port_read16(uint16_t port) {
    uint16_t value;
    __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint32_t port_read32(uint16_t port) {
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void port_write16(uint16_t port, uint16_t value) {
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void port_write32(uint16_t port, uint32_t value) {
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline void port_read_words(uint16_t port, void *into, uint32_t words) {
    __asm__ volatile("rep insw" : "+D"(into), "+c"(words) : "d"(port) : "memory");
}

static inline void port_write_words(uint16_t port, const void *from, uint32_t words) {
    __asm__ volatile("rep outsw" : "+S"(from), "+c"(words) : "d"(port) : "memory");
}
