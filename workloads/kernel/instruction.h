// Instructions that C has no words for. What they mean in context is said where they are used.
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

static inline void load_cr3(uint32_t directory) {
    __asm__ volatile("movl %0, %%cr3" : : "r"(directory) : "memory");
}

static inline void invalidate_page(uint32_t address) {
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline void interrupts_enable(void) { __asm__ volatile("sti" : : : "memory"); }

static inline void interrupts_disable(void) { __asm__ volatile("cli" : : : "memory"); }

// STI takes effect after the next instruction, so no interrupt slips in between the two (SDM vol. 2B, STI).
static inline void enable_and_halt(void) { __asm__ volatile("sti\n\thlt" : : : "memory"); }
