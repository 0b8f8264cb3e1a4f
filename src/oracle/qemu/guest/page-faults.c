// Page-fault error codes for every combination of rights, access, ring and CR0.WP; 4 MiB pages; accessed and dirty bits;
// what INVLPG, CR3 and CR4.PGE must make visible; faults in the middle of instructions and in the processor's own accesses.
// Intel SDM vol. 3A, 4.6 Access Rights, 4.7 Page-Fault Exceptions, 4.8 Accessed and Dirty Flags, 4.10 Caching Translation Information.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "paging.h"
#include "tables.h"

#define LINEAR 0x1800000                        // the probed page: directory entry 6, table entry 0
#define NEXT (LINEAR + 0x1000)
#define DIRECTORY_INDEX 6
#define LARGE_FRAME 0x2000000                   // of a 4 MiB page: memory nobody uses
#define RIGHTS 7
#define COUNT(table) (sizeof table / sizeof *table)

PROBE(do_read, "movl 0x1800100, %eax");
PROBE(do_write, "movl %eax, 0x1800100");
PROBE(do_fetch, "movl $0x1800000, %ecx\njmp *%ecx");
PROBE(do_modify, "addl $1, 0x1800100");
PROBE(do_cmpxchg, "cmpxchgl %ecx, 0x1800100");
PROBE(do_xchg, "xchgl %ecx, 0x1800100");
PROBE(do_bts, "btsl $1, 0x1800100");
PROBE(do_bt, "btl $1, 0x1800100");
PROBE(do_cmp, "cmpl $1, 0x1800100");
PROBE(cross_read, "movl 0x1800ffe, %eax");
PROBE(cross_write, "movl %eax, 0x1800ffe");
PROBE(cross_write_16, "movw %ax, 0x1800fff");
PROBE(cross_modify, "addl $1, 0x1800ffe");
PROBE(cross_bound, "movl $1, %eax\nbound %eax, 0x1800ffc");
PROBE(cross_fetch, "movl $0x1800fff, %ecx\njmp *%ecx");
PROBE(rep_movsb, "movl $0x1800ffe, %edi\nmovl $0x100000, %esi\nmovl $4, %ecx\nrep movsb");
PROBE(rep_movsl_down, "std\nmovl $0x1801004, %edi\nmovl $0x100004, %esi\nmovl $4, %ecx\nrep movsl");
PROBE(rep_lodsb, "movl $0x1800ffe, %esi\nmovl $4, %ecx\nrep lodsb");
PROBE(rep_cmpsb, "movl $0x1800ffe, %edi\nmovl $0x1800ffe, %esi\nmovl $4, %ecx\nrepe cmpsb");
PROBE(do_push, "movl $0x1801002, %esp\npushl %eax");
PROBE(do_pusha, "movl $0x1801008, %esp\npushal");
PROBE(do_call, "movl $0x1801002, %esp\ncall 1f\n1:");
PROBE(do_pop, "movl $0x1800ffe, %esp\npopl %eax");
PROBE(do_popa, "movl $0x1800ff0, %esp\npopal");
PROBE(do_leave, "movl $0x1800ffe, %ebp\nleave");
PROBE(do_enter, "movl $0x1801002, %esp\nenter $16, $0");
PROBE(do_push_memory, "pushl 0x1800ffe");
PROBE(do_pop_memory, "popl 0x1800ffe");
PROBE(do_cmpxchg8b, "cmpxchg8b 0x1800ffc");
PROBE(do_lds, "lds 0x1800ffc, %eax");
PROBE(do_sgdt, "sgdt 0x1800ffe");
PROBE(load_ds, "movl %eax, %ds");
PROBE(do_lar, "larl %eax, %ecx");
PROBE(int_33, "int $0x33");
PROBE(do_invlpg, "invlpg 0x1800000\ninvlpg 0x7f000000");

static uint32_t table[1024] __attribute__((aligned(4096)));
static uint8_t frames[2][4096] __attribute__((aligned(4096)));
static uint32_t *const entry = &directory[DIRECTORY_INDEX];
extern const char inner_entry[];

struct access {
    char letter;
    const char *code;
};
static const struct access accesses[] = {{'r', do_read}, {'w', do_write}, {'x', do_fetch}};

static void set_write_protect(uint32_t on) { write_cr0((read_cr0() & ~CR0_WP) | (on ? CR0_WP : 0)); }

// What an access came to: "ok" with the accessed and dirty bits of both levels, or the error code; D must not be set by a fault.
static void print_outcome(uint32_t leaf, uint32_t large) {
    if (outcome.vector == VECTOR_END) {
        print("ok");
        if (!large) print(*entry & ACCESSED ? "A" : "-");
        print(leaf & ACCESSED ? "A" : "-");
        print(leaf & DIRTY ? "D" : "-");
        return;
    }
    print("v");
    print_hex(outcome.vector, 2);
    print("/");
    print_hex(outcome.error, 1);
    if (read_cr2() - LINEAR >= 0x1000) print("?");
    if (leaf & DIRTY) print("D");
}

static void try_all(uint32_t directory_entry, uint32_t leaf, uint32_t large) {
    for (uint32_t ring = 0; ring < 4; ring++) {
        for (uint32_t at = 0; at < COUNT(accesses); at++) {
            *entry = directory_entry;
            table[0] = leaf;
            paging_flush();
            invlpg(LINEAR);                     // a global translation survives the load of CR3
            const char name[] = {' ', accesses[at].letter, (char)('0' + ring), '=', 0};
            print(name);
            probe_prepare(ring, accesses[at].code);
            probe.quiet = 1;
            probe_run("");
            print_outcome(large ? *entry : table[0], large);
        }
    }
    print("\n");
}

static void small_pages(void) {
    for (uint32_t wp = 0; wp < 2; wp++) {
        set_write_protect(wp);
        for (uint32_t upper = 0; upper <= RIGHTS; upper++) {
            for (uint32_t lower = 0; lower <= RIGHTS; lower++) {
                field("4K wp", wp, 1);
                field("directory", upper, 1);
                field("table", lower, 1);
                try_all((uint32_t)table | upper, (uint32_t)frames[0] | lower, 0);
            }
        }
    }
}

static void large_pages(void) {
    static const uint32_t extra[] = {0, 1u << 21, 0x18, GLOBAL, 0xE00};
    for (uint32_t wp = 0; wp < 2; wp++) {
        set_write_protect(wp);
        for (uint32_t rights = 0; rights <= RIGHTS; rights++) {
            for (uint32_t at = 0; at < COUNT(extra); at++) {
                field("4M wp", wp, 1);
                field("entry", rights | extra[at], 6);
                try_all(LARGE_FRAME | LARGE | rights | extra[at], 0, 1);
            }
        }
    }
    write_cr4(read_cr4() & ~CR4_PSE);
    field("PS without CR4.PSE", 0, 1);
    try_all((uint32_t)table | LARGE | RIGHTS, (uint32_t)frames[0] | RIGHTS, 0);
    write_cr4(read_cr4() | CR4_PSE);
}

static uint32_t read_probe(void) {
    probe_prepare(0, do_read);
    probe.quiet = 1;
    probe_run("");
    return outcome.vector == VECTOR_END ? outcome.eax : 0xF000 | outcome.error;
}

static void map(uint32_t frame, uint32_t bits) { table[0] = (uint32_t)frames[frame] | bits; }

// A change becomes visible after ... Only what the manual guarantees; that a stale translation is still used it never does.
static void invalidations(void) {
    *entry = (uint32_t)table | RIGHTS;
    *(uint32_t *)&frames[0][0x100] = 0x11111111;
    *(uint32_t *)&frames[1][0x100] = 0x22222222;
    for (uint32_t global = 0; global <= GLOBAL; global += GLOBAL) {
        field("global", global, 3);
        map(0, RIGHTS | global);
        invlpg(LINEAR);
        field("first", read_probe(), 8);
        map(1, RIGHTS | global);
        invlpg(LINEAR);
        field("invlpg", read_probe(), 8);
        map(0, RIGHTS | global);
        write_cr4(read_cr4() ^ CR4_PGE);
        field("pge", read_probe(), 8);
        write_cr4(read_cr4() ^ CR4_PGE);
        map(1, RIGHTS | global);
        write_cr0(read_cr0() & ~CR0_PG);
        write_cr0(read_cr0() | CR0_PG);
        invlpg(LINEAR);
        field("pg", read_probe(), 8);
        table[0] = 0;
        invlpg(LINEAR);
        field("absent", read_probe(), 8);
        map(0, RIGHTS | global);
        field("present", read_probe(), 8);
        if (!global) {
            map(1, RIGHTS);
            paging_flush();
            field("cr3", read_probe(), 8);
        }
        print("\n");
    }
    map(0, RIGHTS);
    invlpg(LINEAR);
    read_probe();
    field("read, then", table[0] & (ACCESSED | DIRTY), 2);
    probe_prepare(0, do_write);
    probe.quiet = 1;
    probe_run("");
    field("written", table[0] & (ACCESSED | DIRTY), 2);
    table[0] &= ~(ACCESSED | DIRTY);
    invlpg(LINEAR);
    probe_prepare(0, do_modify);
    probe.quiet = 1;
    probe_run("");
    field("modified", table[0] & (ACCESSED | DIRTY), 2);
    print("\n");
    for (uint32_t ring = 0; ring < 4; ring++) probe_at("INVLPG", ring, do_invlpg);
}

struct named {
    const char *name, *code;
};
static const struct named writers[] = {
    {"ADD", do_modify}, {"CMPXCHG", do_cmpxchg}, {"XCHG", do_xchg}, {"BTS", do_bts}, {"BT", do_bt}, {"CMP", do_cmp},
};
static const struct named crossers[] = {
    {"MOV load", cross_read}, {"MOV store", cross_write}, {"MOV store 16", cross_write_16}, {"ADD", cross_modify}, {"BOUND", cross_bound}, {"fetch", cross_fetch},
    {"REP MOVSB", rep_movsb}, {"REP MOVSD down", rep_movsl_down}, {"REP LODSB", rep_lodsb}, {"REPE CMPSB", rep_cmpsb}, {"PUSH", do_push},
    {"PUSHA", do_pusha}, {"CALL", do_call}, {"POP", do_pop}, {"POPA", do_popa}, {"LEAVE", do_leave}, {"ENTER", do_enter}, {"PUSH memory", do_push_memory},
    {"POP memory", do_pop_memory}, {"CMPXCHG8B", do_cmpxchg8b}, {"LDS", do_lds},
};
static const char *const pages[] = {"both absent", "first absent", "second absent", "second read-only"};

// Registers as the fault found them: nothing may have changed but what whole iterations did.
static void print_registers(void) {
    field("ecx", outcome.ecx, 8);
    field("esi", outcome.esi, 8);
    field("edi", outcome.edi, 8);
    print("\n");
}

static void in_the_middle(void) {
    *entry = (uint32_t)table | RIGHTS;
    for (uint32_t at = 0; at < COUNT(writers); at++) {
        table[0] = (uint32_t)frames[0] | PRESENT | USER;
        paging_flush();
        print("read-only ");
        probe_at(writers[at].name, 3, writers[at].code);
    }
    for (uint32_t at = 0; at < COUNT(crossers); at++) {
        for (uint32_t kind = 0; kind < COUNT(pages); kind++) {
            for (uint32_t byte = 0; byte < 4096; byte++) frames[0][byte] = frames[1][byte] = 0x90;
            table[0] = kind < 2 ? 0 : (uint32_t)frames[0] | RIGHTS;
            table[1] = kind == 0 || kind == 2 ? 0 : (uint32_t)frames[1] | (kind == 3 ? PRESENT | USER : RIGHTS);
            if (crossers[at].code == cross_fetch && kind == 3) continue;
            frames[0][4095] = crossers[at].code == cross_fetch ? 0xB8 : 0x90;
            paging_flush();
            print(pages[kind]);
            print(" ");
            probe_at(crossers[at].name, 3, crossers[at].code);
            print_registers();
        }
    }
}

// The processor's own accesses are the supervisor's, whatever CPL is: the LDT, and the stack of an inner ring.
static void implicit_accesses(void) {
    *entry = (uint32_t)table | RIGHTS;
    table[1] = 0;
    set_descriptor(SELECTOR_FREE, LINEAR, 0x1FFF, SYSTEM_LDT, 0);
    for (uint32_t wp = 0; wp < 2; wp++) {
        set_write_protect(wp);
        for (uint32_t rights = 0; rights <= RIGHTS; rights++) {
            uint32_t *descriptor = (uint32_t *)&frames[0][8];
            descriptor[0] = 0xFFFF;
            descriptor[1] = 0xCFF200;
            table[0] = (uint32_t)frames[0] | rights;
            paging_flush();
            load_ldtr(SELECTOR_FREE);
            field("LDT wp", wp, 1);
            field("rights", rights, 1);
            print(" ");
            probe_prepare(3, load_ds);
            probe.eax = 0x0F;
            probe_run("MOV DS");
            paging_flush();
            probe_prepare(3, do_lar);
            probe.eax = 0x0F;
            probe_run("LAR");
            if (table[0] & DIRTY) print("  dirty\n");
            load_ldtr(SELECTOR_LDT);
            tss.esp[1].esp = LINEAR + 0x100;
            set_gate(0x33, ring_code(1), (uint32_t)inner_entry, 0x8E | ACCESS_DPL(3));
            paging_flush();
            if ((rights & PRESENT) && ((rights & WRITABLE) || !wp)) continue;
            probe_at("INT n to a ring 1 stack", 3, int_33);
        }
    }
    for (uint32_t ring = 0; ring < 4; ring += 3) {
        table[0] = (uint32_t)frames[0] | RIGHTS;
        paging_flush();
        probe_at("SGDT across pages", ring, do_sgdt);
    }
    tss.esp[1].esp = ring_stack(1);
}

int main(void) {
    paging_init();
    write_cr4(read_cr4() | CR4_PSE | CR4_PGE);
    directory[LARGE_FRAME >> 22] = LARGE_FRAME | LARGE | RIGHTS;
    for (uint32_t frame = 0; frame < 2; frame++) frames[frame][0] = 0xCD, frames[frame][1] = VECTOR_END;
    *(uint16_t *)LARGE_FRAME = 0xCD | VECTOR_END << 8;
    small_pages();
    large_pages();
    for (uint32_t wp = 0; wp < 2; wp++) {
        set_write_protect(wp);
        invalidations();
        in_the_middle();
    }
    implicit_accesses();
    return 0;
}
