// Xen as a hardware virtual machine finds it: leaves of CPUID, a page of hypercalls that a model-specific register asks for, a page shared
// with Xen in the place of one of the kernel's, and one vector for all events (Xen, public/arch-x86/cpuid.h, public/hvm/params.h).
#include "frame.h"
#include "layout.h"
#include "paging.h"
#include "panic.h"
#include "paravirt.h"
#include "pci.h"
#include "trap.h"
#include "xen-interface.h"
#include "xen-machine.h"

#define LEAVES 0x40000000u
#define LEAVES_END 0x40000200u
#define LEAVES_STEP 0x100u
#define HYPERCALL_BYTES 32
// A vector with a gate in the kernel's table and no device on its line.
#define EVENT_VECTOR (VECTOR_INTERRUPTS + 9)
#define PORTS 1024

struct leaf { uint32_t eax, ebx, ecx, edx; };

// What Xen and the kernel share, as far as it is used: the first processor's part, and the ports.
struct shared_page {
    volatile uint8_t upcall_pending, upcall_mask;
    volatile uint32_t pending_selector;
    uint8_t other[2040];
    volatile uint32_t pending[32], mask[32];
    uint8_t rest[1792];
};

static uint8_t hypercalls[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
static struct shared_page shared __attribute__((aligned(PAGE_BYTES)));
static void (*handlers[PORTS])(void);
static bool is_found;

static struct leaf cpuid(uint32_t number) {
    struct leaf leaf;
    __asm__ volatile("cpuid" : "=a"(leaf.eax), "=b"(leaf.ebx), "=c"(leaf.ecx), "=d"(leaf.edx) : "a"(number), "c"(0));
    return leaf;
}

// The first of Xen's leaves, or 0. Why a search: Xen's may stand behind those of another interface.
static uint32_t find_leaves(void) {
    for (uint32_t base = LEAVES; base < LEAVES_END; base += LEAVES_STEP) {
        struct leaf leaf = cpuid(base);
        if (leaf.ebx == 0x566E6558 && leaf.ecx == 0x65584D4D && leaf.edx == 0x4D4D566E && leaf.eax >= base + 2) return base;
    }
    return 0;
}

int32_t xen_call(uint32_t number, uint32_t first, uint32_t second, uint32_t third) {
    int32_t result;
    __asm__ volatile("call *%4" : "=a"(result), "+b"(first), "+c"(second), "+d"(third) : "r"(hypercalls + number * HYPERCALL_BYTES) : "memory");
    return result;
}

uint32_t xen_frame(const void *page) { return ((uint32_t)page - KERNEL_BASE) / PAGE_BYTES; }

static bool place(uint32_t space, uint32_t index, void *page) {
    struct xen_add_to_physmap add = {.domid = DOMAIN_SELF, .space = space, .idx = index, .gpfn = xen_frame(page)};
    return xen_call(CALL_MEMORY_OP, XENMEM_ADD_TO_PHYSMAP, (uint32_t)&add, 0) == 0;
}

bool xen_place_grant_frame(uint32_t index, uint32_t count, void *page) {
    (void)count;
    return place(XENMAPSPACE_GRANT_TABLE, index, page);
}

static uint64_t parameter(uint32_t index) {
    struct xen_hvm_param param = {.domid = DOMAIN_SELF, .index = index};
    if (xen_call(CALL_HVM_OP, HVMOP_GET_PARAM, (uint32_t)&param, 0) < 0) panic("a parameter of the machine is missing", 0);
    return param.value;
}

struct xenstore_domain_interface *xen_store_page(void) { return (void *)pci_map_at((uint32_t)parameter(HVM_PARAM_STORE_PFN) * PAGE_BYTES, PAGE_BYTES); }

uint32_t xen_store_port(void) { return (uint32_t)parameter(HVM_PARAM_STORE_EVTCHN); }

static uint32_t exchange(volatile uint32_t *word, uint32_t value) {
    __asm__ volatile("xchgl %0, %1" : "+r"(value), "+m"(*word) : : "memory");
    return value;
}

static void deliver(uint32_t word) {
    uint32_t ports;
    while ((ports = shared.pending[word] & ~shared.mask[word]) != 0) {
        uint32_t bit = (uint32_t)__builtin_ctz(ports);
        __asm__ volatile("lock andl %1, %0" : "+m"(shared.pending[word]) : "r"(~(1u << bit)) : "memory", "cc");
        if (handlers[word * 32 + bit]) handlers[word * 32 + bit]();
    }
}

static void upcall(struct trap_frame *frame) {
    (void)frame;
    shared.upcall_pending = 0;
    for (uint32_t words = exchange(&shared.pending_selector, 0); words != 0; words &= words - 1) deliver((uint32_t)__builtin_ctz(words));
}

static void take_events(void) {
    struct xen_hvm_param param = {.domid = DOMAIN_SELF, .index = HVM_PARAM_CALLBACK_IRQ, .value = CALLBACK_BY_VECTOR | EVENT_VECTOR};
    for (uint32_t word = 0; word < 32; word++) shared.mask[word] = ~0u;
    trap_set_handler(EVENT_VECTOR, upcall);
    if (xen_call(CALL_HVM_OP, HVMOP_SET_PARAM, (uint32_t)&param, 0) < 0) panic("Xen refuses a vector for events", 0);
}

bool xen_find(void) {
    if (is_found) return true;
    uint32_t base = find_leaves();
    if (base == 0) return false;
    uint32_t address = (uint32_t)hypercalls - KERNEL_BASE;
    __asm__ volatile("wrmsr" : : "c"(cpuid(base + 2).ebx), "a"(address), "d"(0) : "memory");
    if (!place(XENMAPSPACE_SHARED_INFO, 0, &shared)) panic("Xen shares no page", 0);
    take_events();
    is_found = true;
    return true;
}

void xen_event_handle(uint32_t port, void (*handler)(void)) {
    handlers[port] = handler;
    xen_call(CALL_EVENT_CHANNEL_OP, EVTCHNOP_CALL_UNMASK, (uint32_t)&port, 0);
}

_Static_assert(sizeof(struct shared_page) == PAGE_BYTES, "shared_info");
