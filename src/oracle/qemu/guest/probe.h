// A probe runs a few instructions at a chosen ring with chosen registers and logs every event they cause, one line each:
// vector, error code, EIP relative to the probed code, CS, EFLAGS, IF/TF/NT/RF as the handler sees them, stack, CR2.
#ifndef PROBE_H
#define PROBE_H

#define VECTORS 0x60
#define ENTRY_BYTES 16
#define VECTOR_END 0x40
#define VECTOR_INNER 0x42
#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10

#define PROBE_RING 0
#define PROBE_EIP 4
#define PROBE_CS 8
#define PROBE_EFLAGS 12
#define PROBE_ESP 16
#define PROBE_SS 20
#define PROBE_EAX 24
#define PROBE_EBX 28
#define PROBE_ECX 32
#define PROBE_EDX 36
#define PROBE_ESI 40
#define PROBE_EDI 44
#define PROBE_EBP 48
#define PROBE_DS 52
#define PROBE_ES 56
#define PROBE_FS 60
#define PROBE_GS 64

#ifndef __ASSEMBLER__
#include <stdint.h>

struct probe {
    uint32_t ring, eip, cs, eflags, esp, ss;
    uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
    uint32_t ds, es, fs, gs;
    uint32_t resume;                            // bit n: the handler of exception n returns to the probed code
    uint32_t quiet;                             // log nothing; the outcome is in `outcome`
};

// How the last probe ended: the vector (VECTOR_END when it ran to its end), its error code and the registers then.
struct outcome {
    uint32_t vector, error, eip, eflags, eax, ebx, ecx, edx, esi, edi;
};

extern struct probe probe;
extern struct outcome outcome;
extern const char image_start[], probe_text_start[];      // the monitor's own code lies between them

// Code to be probed, ended by the interrupt that ends a probe.
#define PROBE(name, text) \
    extern const char name[]; \
    __asm__(".pushsection .probe, \"ax\"\n.balign 16\n" #name ":\n" text "\nint $0x40\n.popsection\n")

// Sets `probe` to run `code` at a ring with that ring's flat segments, EFLAGS = 2 and known registers.
void probe_prepare(uint32_t ring, const char *code);
// Runs it under a title.
void probe_run(const char *title);
// Both, and nothing else set.
void probe_at(const char *title, uint32_t ring, const char *code);

uint32_t ring_stack(uint32_t ring);
void leave_probe(void) __attribute__((noreturn));
void enter_probe(const struct probe *);

// Called for interrupts of the controllers (vectors 0x20 to 0x2F) before the probed code goes on.
extern void (*on_interrupt)(uint32_t vector);
#endif
#endif
