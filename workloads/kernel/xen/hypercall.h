// Hypercalls: a call into the page that Xen fills with its own way in. Arguments go in EBX, ECX, EDX and ESI, which Xen may change;
// the result, negative for an error, comes back in EAX.
#pragma once
#include "interface.h"

extern const uint8_t hypercall_page[];

#define HYPERCALL_ENTRY(number) "i"(hypercall_page + (number) * HYPERCALL_SLOT_BYTES)

#define HYPERCALL2(number, first, second) ({ \
    int32_t result_; \
    uint32_t first_ = (uint32_t)(first), second_ = (uint32_t)(second); \
    __asm__ volatile("call %c3" : "=a"(result_), "+b"(first_), "+c"(second_) : HYPERCALL_ENTRY(number) : "memory"); \
    result_; \
})

#define HYPERCALL3(number, first, second, third) ({ \
    int32_t result_; \
    uint32_t first_ = (uint32_t)(first), second_ = (uint32_t)(second), third_ = (uint32_t)(third); \
    __asm__ volatile("call %c4" : "=a"(result_), "+b"(first_), "+c"(second_), "+d"(third_) : HYPERCALL_ENTRY(number) : "memory"); \
    result_; \
})

#define HYPERCALL4(number, first, second, third, fourth) ({ \
    int32_t result_; \
    uint32_t first_ = (uint32_t)(first), second_ = (uint32_t)(second), third_ = (uint32_t)(third), fourth_ = (uint32_t)(fourth); \
    __asm__ volatile("call %c5" : "=a"(result_), "+b"(first_), "+c"(second_), "+d"(third_), "+S"(fourth_) : HYPERCALL_ENTRY(number) : "memory"); \
    result_; \
})
