// Instructions that C has no words for.
#ifndef INSTRUCTION_H
#define INSTRUCTION_H
#include <stdint.h>

static inline uint8_t in8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
static inline void out8(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static inline uint32_t read_cr0(void) {
    uint32_t value;
    __asm__ volatile("movl %%cr0, %0" : "=r"(value));
    return value;
}
static inline uint32_t read_cr2(void) {
    uint32_t value;
    __asm__ volatile("movl %%cr2, %0" : "=r"(value));
    return value;
}
static inline uint32_t read_cr4(void) {
    uint32_t value;
    __asm__ volatile("movl %%cr4, %0" : "=r"(value));
    return value;
}
static inline void write_cr0(uint32_t value) { __asm__ volatile("movl %0, %%cr0" : : "r"(value) : "memory"); }
static inline void write_cr3(uint32_t value) { __asm__ volatile("movl %0, %%cr3" : : "r"(value) : "memory"); }
static inline void write_cr4(uint32_t value) { __asm__ volatile("movl %0, %%cr4" : : "r"(value) : "memory"); }
static inline void invlpg(uint32_t linear) { __asm__ volatile("invlpg (%0)" : : "r"(linear) : "memory"); }
static inline void load_ldtr(uint32_t selector) { __asm__ volatile("lldt %w0" : : "r"(selector)); }
static inline void load_tr(uint32_t selector) { __asm__ volatile("ltr %w0" : : "r"(selector)); }
#endif
