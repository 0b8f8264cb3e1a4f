// The instructions that look at descriptors and those that need privilege: LAR, LSL, VERR, VERW, ARPL over every kind of
// descriptor, segment loads, LLDT, LTR, EFLAGS at every CPL and IOPL, control registers, privileged instructions.
// Intel SDM vol. 3A, 5.9 Privileged Instructions, 5.10 Pointer Validation, 2.5 Control Registers; vol. 2, the instructions.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "paging.h"
#include "tables.h"

#define COUNT(table) (sizeof table / sizeof *table)
#define S 0x10                                  // in the access byte's low five bits: code or data
#define PRESENT_BIT 0x80
#define TSS_16 1

PROBE(do_lar, "larl %eax, %ecx");
PROBE(do_lsl, "lsll %eax, %ebx");
PROBE(do_lar_16, "larw %ax, %cx");
PROBE(do_lsl_16, "lslw %ax, %bx");
PROBE(do_verr, "verr %ax");
PROBE(do_verw, "verw %ax");
PROBE(do_arpl, "arpl %cx, %ax");
PROBE(load_ds, "movl %eax, %ds");
PROBE(load_gs, "movl %eax, %gs");
PROBE(load_ss, "movl %eax, %ss\nnop");
PROBE(pop_es, "pushl %eax\npopl %es");
PROBE(do_lldt, "lldt %ax");
PROBE(do_ltr, "ltr %ax");
PROBE(do_popf, "pushl %eax\npopfl\npushfl\npopl %ebx");
PROBE(do_popf_16, "pushw %ax\npopfw\npushfl\npopl %ebx");
PROBE(do_cli, "cli\npushfl\npopl %ebx");
PROBE(do_sti, "sti\npushfl\npopl %ebx\ncli");
PROBE(do_sgdt, "sgdt table\nmovl table, %eax\nmovzwl table + 4, %ebx");
PROBE(do_sidt, "sidt table\nmovl table, %eax\nmovzwl table + 4, %ebx");
PROBE(do_sldt, "movl $-1, %eax\nsldt %eax\nmovl $-1, %ebx\nsldt %bx\nmovl $-1, table\nsldt table\nmovl table, %ecx");
PROBE(do_str, "movl $-1, %eax\nstr %eax\nmovl $-1, %ebx\nstr %bx\nmovl $-1, table\nstr table\nmovl table, %ecx");
PROBE(do_smsw, "movl $-1, %ebx\nsmsw %bx\nmovl $-1, table\nsmsw table\nmovl table, %ecx");
PROBE(store_segments, "movl $-1, %eax\nmovl %cs, %eax\nmovl $-1, %ebx\nmovw %ds, %bx\nmovl $-1, table\nmovw %ss, table\nmovl table, %ecx\npushl %gs\npopl %edx\nandl $0xffff, %edx");
PROBE(do_hlt, "hlt");
PROBE(do_clts, "clts");
PROBE(do_lmsw, "lmsw %ax");
PROBE(do_lgdt, "lgdt table");
PROBE(do_lidt, "lidt table");
PROBE(do_invlpg, "invlpg table");
PROBE(do_invd, "invd");
PROBE(do_wbinvd, "wbinvd");
PROBE(do_rdmsr, "movl $0x10, %ecx\nrdmsr");
PROBE(do_wrmsr, "movl $0x10, %ecx\nwrmsr");
PROBE(read_cr0_, "movl %cr0, %eax");
PROBE(read_cr2_, "movl %cr2, %eax");
PROBE(read_cr3_, "movl %cr3, %eax");
PROBE(read_cr4_, "movl %cr4, %eax");
PROBE(write_cr0_, "movl %eax, %cr0");
PROBE(write_cr2_, "movl %eax, %cr2\nmovl %cr2, %ebx");
PROBE(write_cr3_, "movl %eax, %cr3");
PROBE(write_cr4_, "movl %eax, %cr4\nmovl %cr4, %ebx");
PROBE(write_cr4_only, "movl %eax, %cr4");
PROBE(do_rdtsc, "rdtsc\nmovl $1, %eax\nmovl $1, %edx");

uint32_t table[2];

struct named {
    const char *name, *code;
};

static void outcome_letter(void) {
    static const char letters[] = "0123456789tns-p";
    if (outcome.vector == VECTOR_END) print(".");
    else {
        const char name[] = {outcome.vector < 15 ? letters[outcome.vector] : '?', 0};
        print(outcome.vector == 13 ? "g" : name);
        if (outcome.error != (probe.eax & 0xFFFC)) print_hex(outcome.error, 1);
    }
}

static void quiet(uint32_t ring, const char *code, uint32_t eax) {
    probe_prepare(ring, code);
    probe.eax = eax;
    probe.quiet = 1;
    probe_run("");
}

static void describe(uint32_t type, uint32_t dpl, uint32_t present) {
    // Why: data that grows down covers everything above its limit; 0 leaves a usable stack.
    const uint32_t down = (type & (S | 12)) == (S | 4);
    set_descriptor(SELECTOR_FREE, 0, down ? 0 : 0xFFFFF, type | ACCESS_DPL(dpl) | present, down ? 0x40 : 0xC0);
}

// One digit for each DPL and RPL: bit 0 LAR, 1 LSL, 2 VERR, 3 VERW.
static uint32_t answers(uint32_t ring, uint32_t selector) {
    static const char *const codes[] = {do_lar, do_lsl, do_verr, do_verw};
    uint32_t digit = 0;
    for (uint32_t at = 0; at < COUNT(codes); at++) {
        quiet(ring, codes[at], selector);
        digit |= (outcome.eflags >> 6 & 1) << at;
    }
    return digit;
}

static void look_at_descriptors(void) {
    for (uint32_t type = 0; type < 32; type++) {
        for (uint32_t present = 0; present <= PRESENT_BIT; present += PRESENT_BIT) {
            field("LAR LSL VERR VERW type", type, 2);
            field("present", present >> 7, 1);
            for (uint32_t ring = 0; ring < 4; ring++) {
                field("cpl", ring, 1);
                print(" ");
                for (uint32_t dpl = 0; dpl < 4; dpl++) {
                    describe(type, dpl, present);
                    for (uint32_t rpl = 0; rpl < 4; rpl++) print_hex(answers(ring, SELECTOR_FREE | rpl), 1);
                }
            }
            print("\n");
        }
        describe(type, 0, PRESENT_BIT);
        print(" values");
        quiet(0, do_lar, SELECTOR_FREE);
        field("lar", outcome.ecx, 8);
        quiet(0, do_lar_16, SELECTOR_FREE);
        field("larw", outcome.ecx, 8);
        quiet(0, do_lsl, SELECTOR_FREE);
        field("lsl", outcome.ebx, 8);
        set_descriptor(SELECTOR_FREE, 0x12345678, 0xABCDE, type | PRESENT_BIT, 0x50);
        quiet(0, do_lsl, SELECTOR_FREE);
        field("bytes", outcome.ebx, 8);
        quiet(0, do_lsl_16, SELECTOR_FREE);
        field("lslw", outcome.ebx, 8);
        print("\n");
    }
    static const uint32_t odd[] = {0, 1, 3, SELECTOR_BEYOND, 0xFFFF, 0x44, 0x14, 0x0C, 0x0F};
    for (uint32_t at = 0; at < COUNT(odd); at++) {
        field("LAR LSL VERR VERW selector", odd[at], 4);
        field("answers", answers(0, odd[at]), 1);
        print_hex(answers(3, odd[at]), 1);
        print("\n");
    }
    print("ARPL");
    for (uint32_t to = 0; to < 4; to++) {
        for (uint32_t from = 0; from < 4; from++) {
            probe_prepare(to, do_arpl);
            probe.eax = 0x12340050 | to;
            probe.ecx = 0x56780060 | from;
            probe.quiet = 1;
            probe_run("");
            print(" ");
            print_hex(outcome.eax, 8);
            print(outcome.eflags & 0x40 ? "z" : "");
        }
    }
    print("\n");
}

// '.' loaded, g/n/s #GP/#NP/#SS; an error code other than the selector is printed.
static void load_segments(void) {
    static const struct named loads[] = {{"MOV DS", load_ds}, {"MOV GS", load_gs}, {"POP ES", pop_es}, {"MOV SS", load_ss}};
    for (uint32_t how = 0; how < COUNT(loads); how++) {
        for (uint32_t type = 0; type < 32; type++) {
            for (uint32_t present = 0; present <= PRESENT_BIT; present += PRESENT_BIT) {
                print(loads[how].name);
                field("type", type, 2);
                field("present", present >> 7, 1);
                for (uint32_t ring = 0; ring < 4; ring++) {
                    field("cpl", ring, 1);
                    print(" ");
                    for (uint32_t dpl = 0; dpl < 4; dpl++) {
                        for (uint32_t rpl = 0; rpl < 4; rpl++) {
                            describe(type, dpl, present);
                            quiet(ring, loads[how].code, SELECTOR_FREE | rpl);
                            outcome_letter();
                            if (gdt[SELECTOR_FREE >> 3][1] >> 8 & (outcome.vector == VECTOR_END ? 0 : ~type) & 1) print("A");
                        }
                    }
                }
                print("\n");
            }
        }
    }
}

static void system_segments(void) {
    static const struct named loads[] = {{"LLDT", do_lldt}, {"LTR", do_ltr}};
    for (uint32_t how = 0; how < COUNT(loads); how++) {
        for (uint32_t present = 0; present <= PRESENT_BIT; present += PRESENT_BIT) {
            print(loads[how].name);
            field("present", present >> 7, 1);
            print(" ");
            for (uint32_t type = 0; type < 32; type++) {
                if (type == TSS_16) continue;
                set_descriptor(SELECTOR_FREE, (uint32_t)&tss, sizeof tss - 1, type | present, 0);
                quiet(0, loads[how].code, SELECTOR_FREE);
                outcome_letter();
                if (outcome.vector == VECTOR_END) field("becomes", gdt[SELECTOR_FREE >> 3][1] >> 8 & 0xFF, 2);
            }
            print("\n");
        }
        static const uint32_t odd[] = {0, 3, SELECTOR_BEYOND, 0x0C, SELECTOR_LDT | 3, SELECTOR_TSS};
        for (uint32_t at = 0; at < COUNT(odd); at++) {
            for (uint32_t ring = 0; ring < 4; ring++) {
                // Why: QEMU takes a null selector and then stops; the image `limits` asks that.
                if (ring == 0 && how == 1 && odd[at] < 4) continue;
                probe_prepare(ring, loads[how].code);
                probe.eax = odd[at];
                print_hex(odd[at], 4);
                print(" ");
                probe_run(loads[how].name);
            }
        }
    }
    load_ldtr(0);
    for (uint32_t ring = 0; ring < 4; ring += 3) {
        probe_prepare(ring, load_ds);
        probe.eax = SELECTOR_LOCAL_DATA | 3;
        probe_run("MOV DS without an LDT");
    }
    load_ldtr(SELECTOR_LDT);
    set_descriptor(SELECTOR_TSS, (uint32_t)&tss, sizeof tss - 1, SYSTEM_TSS, 0);
    load_tr(SELECTOR_TSS);
}

// POPF, CLI and STI at every CPL and IOPL: what may not change is kept silently by POPF, and faults for CLI and STI.
static void flags(void) {
    static const struct named changes[] = {{"POPF", do_popf}, {"POPFW", do_popf_16}, {"CLI", do_cli}, {"STI", do_sti}};
    static const uint32_t values[] = {0x247ED5, 0x2, 0x3202, 0x1000};
    for (uint32_t how = 0; how < COUNT(changes); how++) {
        for (uint32_t ring = 0; ring < 4; ring++) {
            for (uint32_t iopl = 0; iopl < 4; iopl++) {
                print(changes[how].name);
                field("cpl", ring, 1);
                field("iopl", iopl, 1);
                for (uint32_t at = 0; at < (how < 2 ? COUNT(values) : 1); at++) {
                    for (uint32_t interrupts = 0; interrupts <= 0x200; interrupts += 0x200) {
                        probe_prepare(ring, changes[how].code);
                        probe.eflags = iopl << 12 | interrupts | 2;
                        probe.eax = values[at];
                        probe.quiet = 1;
                        probe_run("");
                        if (outcome.vector == VECTOR_END) field("fl", outcome.ebx, 6);
                        else field("v", outcome.vector << 4 | outcome.error, 3);
                    }
                }
                print("\n");
            }
        }
    }
}

static const struct named stores[] = {
    {"SGDT", do_sgdt}, {"SIDT", do_sidt}, {"SLDT", do_sldt}, {"STR", do_str}, {"SMSW", do_smsw}, {"MOV from segments", store_segments},
};
static const struct named privileged[] = {
    {"HLT", do_hlt}, {"CLTS", do_clts}, {"LMSW", do_lmsw}, {"LGDT", do_lgdt}, {"LIDT", do_lidt}, {"INVLPG", do_invlpg}, {"INVD", do_invd},
    {"WBINVD", do_wbinvd}, {"RDMSR", do_rdmsr}, {"WRMSR", do_wrmsr}, {"MOV from CR0", read_cr0_}, {"MOV from CR2", read_cr2_},
    {"MOV from CR3", read_cr3_}, {"MOV from CR4", read_cr4_}, {"MOV to CR0", write_cr0_}, {"MOV to CR2", write_cr2_}, {"MOV to CR3", write_cr3_},
    {"MOV to CR4", write_cr4_only}, {"LLDT", do_lldt}, {"LTR", do_ltr},
};

static void privilege(void) {
    for (uint32_t ring = 0; ring < 4; ring++) for (uint32_t at = 0; at < COUNT(stores); at++) probe_at(stores[at].name, ring, stores[at].code);
    for (uint32_t ring = 1; ring < 4; ring++) for (uint32_t at = 0; at < COUNT(privileged); at++) probe_at(privileged[at].name, ring, privileged[at].code);
    static const struct named harmless[] = {{"INVD", do_invd}, {"WBINVD", do_wbinvd}, {"INVLPG", do_invlpg}, {"MOV to CR2", write_cr2_}};
    for (uint32_t at = 0; at < COUNT(harmless); at++) probe_at(harmless[at].name, 0, harmless[at].code);
    for (uint32_t tsd = 0; tsd <= 4; tsd += 4) {
        write_cr4((read_cr4() & ~4u) | tsd);
        for (uint32_t ring = 0; ring < 4; ring++) {
            field("TSD", tsd, 1);
            print(" ");
            probe_at("RDTSC", ring, do_rdtsc);
        }
    }
    write_cr4(read_cr4() & ~4u);
}

static void machine_status(void) {
    for (uint32_t before = 0; before < 16; before += 2) {
        for (uint32_t value = 0; value < 16; value++) {
            write_cr0((read_cr0() & ~14u) | before);
            quiet(0, do_lmsw, value | 0xFFF0);
            field("LMSW", value, 1);
            field("cr0", read_cr0(), 8);
        }
        write_cr0((read_cr0() & ~14u) | before);
        quiet(0, do_clts, 0);
        field("CLTS", read_cr0(), 8);
        print("\n");
    }
    write_cr0(read_cr0() & ~14u);
}

static void control_registers(void) {
    static const struct {
        const char *name;
        uint32_t set, clear;
    } cr0_changes[] = {
        {"CD", 0x40000000, 0}, {"CD and NW", 0x60000000, 0},
        {"neither", 0, 0x60000000}, {"WP", 0x10000, 0}, {"AM", 0x40000, 0}, {"NE", 0x20, 0}, {"none of them", 0, 0x50020},
    };
    const uint32_t cr0 = read_cr0();            // combinations that fault are in the image `limits`: QEMU takes them
    for (uint32_t at = 0; at < COUNT(cr0_changes); at++) {
        probe_prepare(0, write_cr0_);
        probe.eax = (read_cr0() & ~cr0_changes[at].clear) | cr0_changes[at].set;
        probe_run(cr0_changes[at].name);
        field("cr0", read_cr0() & ~0x10u, 8);
        print("\n");
    }
    write_cr0(cr0);
    static const uint32_t bits[] = {2, 4, 7, 8};                // TSD, PSE, PGE, PCE; the others are in `limits`
    for (uint32_t at = 0; at < COUNT(bits); at++) {
        quiet(0, write_cr4_, 1u << bits[at]);
        field("CR4 bit", bits[at], 2);
        if (outcome.vector == VECTOR_END) field("reads", outcome.ebx, 8);
        else field("v", outcome.vector << 4 | outcome.error, 3);
        print("\n");
    }
    write_cr4(0);
}

int main(void) {
    look_at_descriptors();
    load_segments();
    system_segments();
    flags();
    privilege();
    machine_status();
    control_registers();
    return 0;
}
