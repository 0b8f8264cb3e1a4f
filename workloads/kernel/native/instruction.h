// Instructions that C has no words for and that only the native build may execute.
#pragma once
#include <stdint.h>

static inline uint8_t port_read(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void port_write(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint32_t read_cr2(void) {
    uint32_t value;
    __asm__ volatile("movl %%cr2, %0" : "=r"(value));
    return value;
}

static inline uint32_t read_cr3(void) {
    uint32_t value;
    __asm__ volatile("movl %%cr3, %0" : "=r"(value));
    return value;
}

static inline void write_cr3(uint32_t directory) {
    __asm__ volatile("movl %0, %%cr3" : : "r"(directory) : "memory");
}
