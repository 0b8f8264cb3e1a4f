// Random hypercalls with arguments that are likely to hit something: own pages, own tables, machine frames, Xen's memory, small numbers.
// Parameters: seed=N n=N. Whatever comes back, or becomes of this kernel, Xen must keep its books.
#include "xen.h"

extern char trap_14[], trap_13[], trap_6[];
static uint8_t page[64 * 4096] __attribute__((aligned(4096)));
static uint32_t state;

void trapped(struct frame *frame) {
    print_number("trapped", frame->vector);
    power_off();
}

static uint32_t random(void) {
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static uint32_t parameter(const char *name, uint32_t otherwise) {
    for (const char *at = (const char *)start_info + 80; *at; at++) {
        int length = 0;
        while (name[length] && at[length] == name[length]) length++;
        if (name[length] || at[length] != '=') continue;
        uint32_t value = 0;
        for (at += length + 1; *at >= '0' && *at <= '9'; at++) value = value * 10 + (*at - '0');
        return value;
    }
    return otherwise;
}

static uint32_t own_page(void) { return (uint32_t)page + random() % 64 * 4096; }
static uint32_t frame(void) {
    switch (random() % 6) {
        case 0: return random() % (PAGES + 4096);
        case 1: return machine(DIRECTORY) >> 12;
        case 2: return machine(entry_of((uint32_t)page)) >> 12;
        case 3: return SHARED_INFO_MACHINE >> 12;
        case 4: return random();
        default: return machine((void *)own_page()) >> 12;
    }
}
/* A frame that may be overwritten: none of the kernel's own code and data. */
static uint32_t target(void) {
    switch (random() % 5) {
        case 0: return PAGES + random() % 5000;
        case 1: return machine(DIRECTORY) >> 12;
        case 2: return machine(entry_of((uint32_t)page)) >> 12;
        default: return machine((void *)own_page()) >> 12;
    }
}
static uint32_t flags(void) {
    static const uint32_t common[] = {1, 3, 0x67, 0x63, 0x61, 0, 7, 0xe7, 0x103};
    return random() % 8 ? common[random() % 9] : random() & 0xfff;
}
static uint32_t argument(void) {
    switch (random() % 12) {
        case 0: return random() % 16;
        case 1: return own_page();
        case 2: return own_page() + random() % 4096;
        case 3: return frame();
        case 4: return frame() << 12 | flags();
        case 5: return 0x7ff0;
        case 6: return 0xfc000000 + random() % 0x4000000;
        case 7: return 0xfbfffff0 + random() % 32;
        case 8: return random();
        case 9: return (uint32_t)DIRECTORY + random() % 8192;
        case 10: return 0;
        default: return random() % 600;
    }
}

/* Words that a hypercall may find behind a pointer. */
static void fill(uint32_t at) {
    for (int i = 0; i < 16; i++) ((uint32_t *)at)[i] = argument();
}

static int writable(uint32_t at) { return (*entry_of(at) & 3) == 3; }

int main(void) {
    struct trap_info traps[] = {
        {6, 0, 0xe019, (uint32_t)trap_6}, {13, 0, 0xe019, (uint32_t)trap_13}, {14, 0, 0xe019, (uint32_t)trap_14}, {0, 0, 0, 0},
    };
    hypercall(SET_TRAP_TABLE, (long)traps, 0, 0, 0, 0);
    state = parameter("seed", 1) * 2654435761u | 1;
    uint32_t n = parameter("n", 1000);
    static struct mmu_update requests[8];
    static struct mmuext_op operations[4];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = own_page();
        if (writable(at)) fill(at);
        switch (random() % 6) {
            case 0: hypercall(UPDATE_VA_MAPPING, own_page(), frame() << 12 | flags(), 0, random() % 4, 0); break;
            case 1:
                for (int r = 0; r < 8; r++) {
                    requests[r].address = random() % 3 ? machine(entry_of(own_page())) | random() % 2 * 2 : (uint64_t)target() << 12 | (random() & 0xffe);
                    if (random() % 8 == 0) requests[r].address = machine((void *)own_page()) | 1;
                    if (random() % 4 == 0) requests[r].address = machine(&DIRECTORY[0x100 + random() % 0x200]);
                    requests[r].value = frame() << 12 | flags();
                }
                hypercall(MMU_UPDATE, (long)requests, 1 + random() % 8, 0, 0x7ff0, 0);
                break;
            case 2:
                for (int r = 0; r < 4; r++) {
                    uint32_t command = random() % 18;
                    /* Another base hardly ever has this kernel in it. */
                    if (command == 5 && random() % 64) command = 1;
                    operations[r] = (struct mmuext_op){command, command >= 16 ? target() : random() % 2 ? frame() : argument(), argument()};
                }
                hypercall(MMUEXT_OP, (long)operations, 1 + random() % 4, 0, 0x7ff0, 0);
                break;
            case 3: {
                uint32_t list[2] = {frame(), frame()};
                if (random() % 2) hypercall(SET_GDT, (long)list, random() % 1024, 0, 0, 0);
                else hypercall(UPDATE_DESCRIPTOR, target() << 12 | (random() & 0xff8), 0, random(), random(), 0);
                break;
            }
            case 4: {
                uint32_t list[2] = {frame(), frame()};
                struct { uint32_t *list, extents, order, bits; uint16_t domain; } memory = {list, random() % 3, random() % 8 == 0, 0, 0x7ff0};
                hypercall(MEMORY_OP, random() % 7, (long)&memory, 0, 0, 0);
                break;
            }
            default: {
                int number = random() % 40;
                /* What ends or halts the kernel, and what would move its own stack, proves nothing. */
                if (number == 6 || number == 23 || number == 29 || number == 13 || number == 0 || number == 4 || number == 3 || number == 30 || number == 18 || number == 1 || number == 26 || number == 10 || number == 12) number = 17;
                hypercall(number, argument(), argument(), argument(), argument(), argument());
            }
        }
    }
    print("survived\n");
    power_off();
}
