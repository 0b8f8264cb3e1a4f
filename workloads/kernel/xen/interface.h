// The part of Xen's public ABI for 32-bit paravirtual guests that this kernel uses, in the two-level form xen-3.0-x86_32, for C and
// assembly (Xen, public/xen.h, public/arch-x86/xen-x86_32.h, public/vcpu.h, sched.h, event_channel.h). Names are Xen's.
#pragma once

#define HYPERCALL_SET_TRAP_TABLE 0
#define HYPERCALL_MMU_UPDATE 1
#define HYPERCALL_STACK_SWITCH 3
#define HYPERCALL_SET_CALLBACKS 4
#define HYPERCALL_MULTICALL 13
#define HYPERCALL_UPDATE_VA_MAPPING 14
#define HYPERCALL_XEN_VERSION 17
#define HYPERCALL_CONSOLE_IO 18
#define HYPERCALL_IRET 23
#define HYPERCALL_VCPU_OP 24
#define HYPERCALL_MMUEXT_OP 26
#define HYPERCALL_SCHED_OP 29
#define HYPERCALL_EVENT_CHANNEL_OP 32

// Every hypercall has 32 bytes of the page that Xen fills.
#define HYPERCALL_SLOT_BYTES 32

// Offsets in shared_info: what assembly reads of vcpu_info[0].
#define UPCALL_PENDING 0
#define UPCALL_MASK 1

#ifndef __ASSEMBLER__
#include <stdint.h>

#define DOMID_SELF 0x7FF0u
#define MACH2PHYS_VIRT_START 0xFC000000u

struct vcpu_time_info {
    uint32_t version, pad;
    uint64_t tsc_timestamp, system_time;
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift, pad1[3];
};

struct vcpu_info {
    uint8_t evtchn_upcall_pending, evtchn_upcall_mask;
    uint32_t evtchn_pending_sel;
    struct { uint32_t cr2, pad[5]; } arch;
    struct vcpu_time_info time;
};

struct shared_info {
    struct vcpu_info vcpu_info[32];
    uint32_t evtchn_pending[32], evtchn_mask[32];
    uint8_t rest_of_page[1792];
};

struct start_info {
    char magic[32];
    uint32_t nr_pages;
    uint32_t shared_info;                       // machine address
    uint32_t flags, store_mfn, store_evtchn, console_mfn, console_evtchn;
    uint32_t pt_base, nr_pt_frames;             // the page directory of boot; directory and tables together
    uint32_t mfn_list;                          // phys_to_machine
    uint32_t mod_start, mod_len;
    char cmd_line[1024];
};

struct trap_info {
    uint8_t vector, flags;                      // flags: bits 0 and 1 the privilege level, bit 2 mask events
    uint16_t cs;
    uint32_t address;
};

struct mmu_update { uint64_t ptr, val; };

#define MMUEXT_PIN_L2_TABLE 1u
#define MMUEXT_UNPIN_TABLE 4u
#define MMUEXT_NEW_BASEPTR 5u
#define MMUEXT_TLB_FLUSH_LOCAL 6u
#define MMUEXT_INVLPG_LOCAL 7u
struct mmuext_op {
    uint32_t cmd;
    uint32_t arg1;                              // a machine frame number or a linear address
    uint32_t arg2;
};

struct multicall_entry {
    uint32_t op;
    int32_t result;
    uint32_t args[6];
};

#define UVMF_NONE 0u
#define UVMF_INVLPG 2u

#define XENVER_VERSION 0u
#define CONSOLEIO_WRITE 0u

#define SCHEDOP_BLOCK 1u
#define SCHEDOP_SHUTDOWN 2u
#define SHUTDOWN_POWEROFF 0u
#define SHUTDOWN_CRASH 3u

#define VCPUOP_STOP_PERIODIC_TIMER 7u
#define VCPUOP_SET_SINGLESHOT_TIMER 8u
struct vcpu_set_singleshot_timer {
    uint64_t timeout_abs_ns;
    uint32_t flags;
};

#define VIRQ_TIMER 0u
#define EVTCHNOP_BIND_VIRQ 1u
#define EVTCHNOP_UNMASK 9u
struct evtchn_bind_virq { uint32_t virq, vcpu, port; };

_Static_assert(sizeof(struct vcpu_info) == 64 && sizeof(struct shared_info) == 4096, "shared_info");
_Static_assert(sizeof(struct trap_info) == 8 && sizeof(struct mmu_update) == 16 && sizeof(struct multicall_entry) == 32, "interface");
_Static_assert(__builtin_offsetof(struct start_info, cmd_line) == 80, "start_info");
#endif
