/* What a test kernel needs of Xen's ABI and of the machine. Numbers as in Xen's public headers. */
#pragma once
#include <stdint.h>

extern char hypercall_page[];
extern uint32_t start_info;

static inline long hypercall(int number, long a, long b, long c, long d, long e) {
    long result;
    __asm__ volatile("call *%[entry]" : "=a"(result), "+b"(a), "+c"(b), "+d"(c), "+S"(d), "+D"(e)
                     : [entry] "0"(hypercall_page + number * 32) : "memory");
    return result;
}

enum {
    SET_TRAP_TABLE = 0, MMU_UPDATE = 1, SET_GDT = 2, STACK_SWITCH = 3, SET_CALLBACKS = 4, FPU_TASKSWITCH = 5, SET_DEBUGREG = 8, UPDATE_DESCRIPTOR = 10,
    MEMORY_OP = 12, MULTICALL = 13, UPDATE_VA_MAPPING = 14, SET_TIMER_OP = 15, XEN_VERSION = 17, CONSOLE_IO = 18, GRANT_TABLE_OP = 20, VM_ASSIST = 21, VCPU_OP = 24,
    MMUEXT_OP = 26, SCHED_OP = 29, CALLBACK_OP = 30, EVENT_CHANNEL_OP = 32, PHYSDEV_OP = 33,
};
enum { EFAULT = 14, EINVAL = 22, ENOSYS = 38 };

struct frame {
    uint32_t es, ds, edi, esi, ebp, unused, ebx, edx, ecx, eax, vector, error, eip, cs, eflags, esp, ss;
};
struct trap_info {
    uint8_t vector, flags;
    uint16_t cs;
    uint32_t address;
};
struct mmuext_op {
    uint32_t command, first, second;
};
struct mmu_update {
    uint64_t address, value;
};
struct multicall_entry {
    uint32_t op;
    int32_t result;
    uint32_t args[6];
};

#define START(offset) (*(uint32_t *)(start_info + (offset)))
#define PAGES START(32)
#define SHARED_INFO_MACHINE START(36)
#define DIRECTORY ((uint32_t *)START(60))
#define TABLE_FRAMES START(64)
#define FRAME_LIST ((uint32_t *)START(68))
#define BASE 0xC0000000u
#define MACHINE_MAP ((uint32_t *)0xFC000000u)
#define MARKER(n) __asm__ volatile("nopl 0x57530000+" #n "(%%eax)" ::: "memory")

static inline uint32_t machine(const void *linear) {
    return FRAME_LIST[((uint32_t)linear - BASE) >> 12] << 12 | ((uint32_t)linear & 0xfff);
}

void print(const char *text);
void print_number(const char *name, long value);
void power_off(void) __attribute__((noreturn));
void crash(const char *why) __attribute__((noreturn));
/* The machine address of the entry that maps a linear address, and the entry. */
uint32_t *entry_of(uint32_t linear);
#define EXPECT(condition) do { if (!(condition)) crash(#condition); } while (0)
