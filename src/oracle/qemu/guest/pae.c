// PAE paging: rights and error codes at both levels, pages of 2 MiB, accessed and dirty bits, reserved bits, the four directory pointers as
// registers, and the way there from 32-bit paging and back. Intel SDM vol. 3A, 4.4 PAE Paging, 4.7, 4.8.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "paging.h"
#include "tables.h"

#define CR4_PAE 0x20
#define PAGE 0x1400000                          // 20 MiB: directory 0, entry 10
#define FRAME 0x1200000u
#define COUNT(table) (sizeof table / sizeof *table)

typedef uint64_t entry;
static entry pointers[4] __attribute__((aligned(32)));
static entry other_pointers[4] __attribute__((aligned(32)));
static entry directories[2][512] __attribute__((aligned(4096)));
static entry table[512] __attribute__((aligned(4096)));

PROBE(read_page, "movl 0x1400000, %eax");
PROBE(write_page, "movl %eax, 0x1400000");
PROBE(fetch_page, "movl $0x1400000, %eax\njmp *%eax");
PROBE(read_other_end, "movl 0x40000000, %eax");
PROBE(read_high, "movl 0xffe00000, %eax");
PROBE(load_cr3, "movl %ecx, %cr3\nmovl %cr3, %eax");
PROBE(set_paging, "movl %cr0, %eax\nandl $0x7fffffff, %eax\nmovl %eax, %cr0\norl $0x80000000, %eax\nmovl %eax, %cr0\nmovl $1, %ebx");
PROBE(across, "movl 0x1400ffe, %eax\nmovl %eax, 0x1400ffe");

static void build(void) {
    for (uint32_t at = 0; at < 512; at++) {
        table[at] = 0;
        directories[0][at] = (entry)at << 21 | LARGE | USER | WRITABLE | PRESENT;
        directories[1][at] = 0;
    }
    directories[0][PAGE >> 21] = (uint32_t)table | USER | WRITABLE | PRESENT;
    pointers[0] = (uint32_t)directories[0] | PRESENT;
    pointers[1] = pointers[2] = pointers[3] = 0;
}

static void flush(void) { write_cr3((uint32_t)pointers); }

static void show(entry value) {
    print_hex((uint32_t)(value >> 32), 8);
    print_hex((uint32_t)value, 8);
}

// The probed code is a RET to nowhere when fetched: a zeroed frame runs ADD [EAX], AL.
static void probe_all(uint32_t ring) {
    static const struct {
        const char *name, *code;
    } accesses[] = {{"read", read_page}, {"write", write_page}, {"fetch", fetch_page}};
    for (uint32_t at = 0; at < COUNT(accesses); at++) {
        *(volatile uint32_t *)FRAME = 0x40CD;           // INT 0x40
        flush();
        probe_at(accesses[at].name, ring, accesses[at].code);
        print(" directory=");
        show(directories[0][PAGE >> 21]);
        print(" entry=");
        show(table[0]);
        print("\n");
    }
}

static void rights(void) {
    for (uint32_t wp = 0; wp < 2; wp++) {
        write_cr0((read_cr0() & ~CR0_WP) | (wp ? CR0_WP : 0));
        for (uint32_t bits = 0; bits < 64; bits++) {
            const uint32_t low = bits & 7, high = bits >> 3;
            if ((low & PRESENT) == 0 && low != 0 && low != 6) continue;
            if ((high & PRESENT) == 0 && high != 6) continue;
            field("wp", wp, 1);
            field("directory", high, 1);
            field("entry", low, 1);
            print("\n");
            directories[0][PAGE >> 21] = (uint32_t)table | high;
            table[0] = FRAME | low;
            probe_all(wp == 0 || (bits & 1) ? 3 : 0);
            directories[0][PAGE >> 21] = (uint32_t)table | high;
            table[0] = FRAME | low;
            probe_all(0);
        }
    }
    write_cr0(read_cr0() & ~CR0_WP);
}

static void large(void) {
    static const uint32_t entries[] = {PRESENT, PRESENT | USER, PRESENT | WRITABLE, PRESENT | WRITABLE | USER, WRITABLE, PRESENT | WRITABLE | USER | 0x2000, PRESENT | WRITABLE | USER | 0x100000};
    for (uint32_t at = 0; at < COUNT(entries); at++) {
        for (uint32_t ring = 0; ring < 4; ring += 3) {
            directories[0][PAGE >> 21] = FRAME | LARGE | entries[at];
            print(" 2M");
            field("entry", entries[at], 6);
            print("\n");
            probe_all(ring);
        }
    }
}

static void reserved(void) {
    for (uint32_t bit = 36; bit < 63; bit += 5) {
        directories[0][PAGE >> 21] = (uint32_t)table | USER | WRITABLE | PRESENT;
        table[0] = FRAME | USER | WRITABLE | PRESENT | (entry)1 << bit;
        field("entry bit", bit, 2);
        print("\n");
        probe_all(3);
        table[0] = FRAME | USER | WRITABLE | PRESENT;
        directories[0][PAGE >> 21] = (uint32_t)table | USER | WRITABLE | PRESENT | (entry)1 << bit;
        field("directory bit", bit, 2);
        print("\n");
        probe_all(0);
    }
    table[0] = FRAME | USER | WRITABLE | PRESENT | (entry)1 << 63;
    directories[0][PAGE >> 21] = (uint32_t)table | USER | WRITABLE | PRESENT;
    print(" execute-disable\n");
    probe_all(0);
    table[0] = FRAME | USER | WRITABLE | PRESENT;
}

static void pointer_registers(void) {
    probe_at("no pointer", 0, read_other_end);
    pointers[1] = (uint32_t)directories[1] | PRESENT;
    directories[1][0] = FRAME | LARGE | USER | WRITABLE | PRESENT;
    // Why still absent: the pointers are registers, and CR3 has not been loaded.
    probe_at("pointer in memory alone", 0, read_other_end);
    flush();
    probe_at("pointer loaded", 0, read_other_end);
    pointers[1] = 0;
    probe_at("pointer gone from memory", 0, read_other_end);
    flush();
    probe_at("pointer gone", 3, read_high);
    for (uint32_t bit = 0; bit < 64; bit++) {
        if (bit == 0 || bit == 3 || bit == 4 || (bit >= 9 && bit < 36)) continue;
        for (uint32_t at = 0; at < 4; at++) other_pointers[at] = pointers[at];
        other_pointers[3] = (uint32_t)directories[1] | PRESENT | (entry)1 << bit;
        probe_prepare(0, load_cr3);
        probe.ecx = (uint32_t)other_pointers;
        field("bit", bit, 2);
        print("\n");
        probe_run("MOV to CR3");
    }
    flush();
    probe_at("PG off and on", 0, set_paging);
}

int main(void) {
    paging_init();
    build();
    table[0] = FRAME | USER | WRITABLE | PRESENT;
    // Paging goes off, PAE on, and paging on again.
    write_cr0(read_cr0() & ~CR0_PG);
    write_cr4(read_cr4() | CR4_PAE);
    flush();
    write_cr0(read_cr0() | CR0_PG);
    rights();
    large();
    reserved();
    pointer_registers();
    directories[0][PAGE >> 21] = (uint32_t)table | USER | WRITABLE | PRESENT;
    flush();
    probe_at("across into an absent page", 3, across);
    write_cr0(read_cr0() & ~CR0_PG);
    write_cr4(read_cr4() & ~CR4_PAE);
    paging_init();
    probe_at("32-bit paging again", 3, read_page);
    return 0;
}
