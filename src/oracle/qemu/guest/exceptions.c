// Every exception vector of protected mode from every ring, error codes in every form, single-step, gates of every kind.
// Intel SDM vol. 3A, chapter 6 Interrupt and Exception Handling; vol. 3B, 17.3.1.4 Single-Step Exception Condition.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "paging.h"
#include "tables.h"

#define ALL_RINGS(ring) for (uint32_t ring = 0; ring < 4; ring++)
#define TF 0x100
#define IF 0x200
#define OF 0x800
#define IOPL3 0x3000
#define RESUME(vector) (1u << (vector))
#define TRAP_GATE 0x8F
#define INTERRUPT_GATE 0x8E
#define UNMAPPED 0x1400000
#define CR0_MP 2
#define CR0_EM 4
#define CR0_TS 8

struct named {
    const char *name, *code;
};

PROBE(de_div, "movl $0, %edx\nmovl $1, %eax\nmovl $0, %ecx\ndivl %ecx");
PROBE(de_idiv, "movl $0, %edx\nmovl $0x80000000, %eax\nmovl $1, %ecx\nidivl %ecx");
PROBE(de_div8, "movl $0x1000, %eax\nmovl $2, %ecx\ndivb %cl");
PROBE(de_aam, ".byte 0xd4, 0x00");
PROBE(bp_cc, "int3\nnop");
PROBE(bp_cd, "int $3\nnop");
PROBE(of_into, "into\nnop");
PROBE(of_cd, "int $4\nnop");
PROBE(db_f1, ".byte 0xf1\nnop");
PROBE(br_low, "movl $-1, %eax\nbound %eax, bounds");
PROBE(br_high, "movl $11, %eax\nbound %eax, bounds");
PROBE(br_inside, "movl $10, %eax\nbound %eax, bounds");
PROBE(br_16, "movl $0x8000, %eax\ndata16 bound %eax, bounds");
PROBE(ud_ud2, "ud2");
PROBE(ud_ud1, ".byte 0x0f, 0xb9, 0xc0");
PROBE(ud_lock_nop, ".byte 0xf0, 0x90");
PROBE(ud_lock_register, ".byte 0xf0, 0x01, 0xc0");
PROBE(ud_lock_load, ".byte 0xf0, 0x8b, 0x00");
PROBE(ud_mov_cs, ".byte 0x8e, 0xc8");
PROBE(ud_mov_segment_6, ".byte 0x8e, 0xf0");
PROBE(ud_store_segment_7, ".byte 0x8c, 0xf8");
PROBE(ud_les_register, ".byte 0xc4, 0xc0, 0x00, 0x00");
PROBE(ud_lea_register, ".byte 0x8d, 0xc0");
PROBE(ud_far_jump_register, ".byte 0xff, 0xe8");
PROBE(ud_far_call_register, ".byte 0xff, 0xd8");
PROBE(ud_ff_7, ".byte 0xff, 0xf8");
PROBE(ud_fe_2, ".byte 0xfe, 0xd0");
PROBE(ud_bt_0, ".byte 0x0f, 0xba, 0xc0, 0x01");
PROBE(ud_0f00_6, ".byte 0x0f, 0x00, 0xf0");
PROBE(ud_cmpxchg8b_register, ".byte 0x0f, 0xc7, 0xc8");
PROBE(ud_invlpg_register, ".byte 0x0f, 0x01, 0xf8");
PROBE(ud_sgdt_register, ".byte 0x0f, 0x01, 0xc0");
PROBE(ud_cr1, ".byte 0x0f, 0x20, 0xc8");
PROBE(ud_cr5, ".byte 0x0f, 0x22, 0xe8");
PROBE(gp_hlt, "hlt");
PROBE(gp_int_beyond_idt, "int $0xf0");
PROBE(gp_int_closed, "int $0x50");
PROBE(np_int, "int $0x51");
PROBE(load_ds, "movl %eax, %ds");
PROBE(load_ss, "movl %eax, %ss\nnop");
PROBE(long_instruction, ".byte 0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x2e,0x90");
PROBE(fpu, ".byte 0xd9, 0xd0");
PROBE(fpu_load, "flds bounds");
PROBE(fwait, ".byte 0x9b\nnop");
PROBE(pf_read, "movl 0x1400000, %eax");
PROBE(pf_write, "movl %eax, 0x1400ffe");
PROBE(pf_fetch, "movl $0x1400010, %eax\njmp *%eax");
PROBE(int_30, "int $0x30\nnop");
PROBE(int_31, "int $0x31\nnop");
PROBE(int_33, "int $0x33\nnop");
PROBE(int_34, "int $0x34\nnop");
PROBE(int_35, "int $0x35\nnop");
PROBE(step_plain, "nop\nmovl $1, %ebx\npushl %ebx\npopl %ecx\nincl %ebx");
PROBE(step_int, "nop\nint $0x31\nnop\nnop");
PROBE(step_int3, "nop\nint3\nnop");
PROBE(step_mov_ss, "movl %ss, %eax\nmovl %eax, %ss\nnop\nnop");
PROBE(step_pop_ss, "pushl %ss\npopl %ss\nnop\nnop");
PROBE(step_rep, "movl $3, %ecx\nmovl $bounds, %esi\nmovl $copy, %edi\nrep movsb\nnop");
PROBE(step_rep_zero, "movl $0, %ecx\nrep stosb\nnop");
PROBE(step_rep_one, "movl $1, %ecx\nmovl $copy, %edi\nrep stosb\nnop");
PROBE(step_fault, "nop\nud2");
PROBE(step_branch, "nop\njmp 1f\nnop\n1: call 2f\n2: popl %eax");
PROBE(popf_sets_tf, "pushfl\norl $0x100, (%esp)\npopfl\nnop\nnop\npushfl\nandl $~0x100, (%esp)\npopfl\nnop");
PROBE(iret_sets_tf, "pushfl\norl $0x100, (%esp)\npushl %cs\npushl $1f\niret\n1: nop\nnop\npushfl\nandl $~0x100, (%esp)\npopfl\nnop");
PROBE(step_sti, "cli\nsti\nnop\nnop");
PROBE(step_pushf, "nop\npushfl\npopl %eax\nnop");

const int32_t bounds[2] = {0, 10};
uint8_t copy[16];
extern const char inner_entry[];

static const struct named simple[] = {
    {"#DE DIV by zero", de_div}, {"#DE IDIV overflow", de_idiv}, {"#DE DIV r8 overflow", de_div8}, {"#DE AAM 0", de_aam},
    {"#BR below", br_low}, {"#BR above", br_high}, {"BOUND inside", br_inside}, {"#BR 16-bit", br_16},
    {"#GP HLT", gp_hlt}, {"#GP(IDT) INT beyond the limit of the IDT", gp_int_beyond_idt}, {"#GP(IDT) INT through a DPL 0 gate", gp_int_closed},
    {"#NP(IDT) INT through an absent gate", np_int}, {"#GP 16 bytes of instruction", long_instruction},
    {"#PF read", pf_read}, {"#PF write across pages", pf_write}, {"#PF fetch", pf_fetch},
};
static const struct named traps[] = {
    {"INT3", bp_cc}, {"INT 3", bp_cd}, {"INTO with OF clear", of_into}, {"INT 4", of_cd}, {"INT1", db_f1},
    {"INT n, interrupt gate", int_30}, {"INT n, trap gate", int_31},
};
static const struct named undefined[] = {
    {"UD2", ud_ud2}, {"UD1", ud_ud1}, {"LOCK NOP", ud_lock_nop}, {"LOCK ADD register", ud_lock_register}, {"LOCK MOV", ud_lock_load},
    {"MOV CS", ud_mov_cs}, {"MOV to segment 6", ud_mov_segment_6}, {"MOV from segment 7", ud_store_segment_7},
    {"LES register", ud_les_register}, {"LEA register", ud_lea_register}, {"far JMP register", ud_far_jump_register},
    {"far CALL register", ud_far_call_register}, {"FF /7", ud_ff_7}, {"FE /2", ud_fe_2}, {"0F BA /0", ud_bt_0}, {"0F 00 /6", ud_0f00_6},
    {"CMPXCHG8B register", ud_cmpxchg8b_register}, {"INVLPG register", ud_invlpg_register}, {"SGDT register", ud_sgdt_register},
    {"MOV from CR1", ud_cr1}, {"MOV to CR5", ud_cr5},
};
static const struct named steps[] = {
    {"TF over plain instructions", step_plain}, {"TF over INT n", step_int}, {"TF over INT3", step_int3}, {"TF over MOV SS", step_mov_ss},
    {"TF over POP SS", step_pop_ss}, {"TF over REP MOVSB", step_rep}, {"TF over REP with ECX 0", step_rep_zero},
    {"TF over REP with ECX 1", step_rep_one}, {"TF before a fault", step_fault}, {"TF over branches", step_branch}, {"TF over PUSHF", step_pushf},
};
#define EACH(table, entry) for (const struct named *entry = table; entry < table + sizeof table / sizeof *table; entry++)

static void run_simple(void) {
    ALL_RINGS(ring) {
        EACH(simple, each) if (ring > 0 || each->code != gp_hlt) probe_at(each->name, ring, each->code);
        EACH(traps, each) {
            probe_prepare(ring, each->code);
            probe.resume = RESUME(1) | RESUME(3) | RESUME(4);
            probe.eflags = IF | 2;
            probe_run(each->name);
        }
        probe_prepare(ring, of_into);
        probe.eflags = OF | 2;
        probe.resume = RESUME(4);
        probe_run("INTO with OF set");
    }
    // Why: for a control register that does not exist the manual leaves open whether #UD or #GP comes first in the outer rings.
    for (uint32_t ring = 0; ring < 4; ring += 3) {
        EACH(undefined, each) if (ring == 0 || (each->code != ud_cr1 && each->code != ud_cr5)) probe_at(each->name, ring, each->code);
    }
}

static void run_no_coprocessor(void) {
    static const uint32_t settings[] = {CR0_EM, CR0_TS, CR0_MP | CR0_TS, CR0_EM | CR0_MP, CR0_EM | CR0_TS, CR0_EM | CR0_MP | CR0_TS};
    const uint32_t cr0 = read_cr0() & ~(CR0_MP | CR0_EM | CR0_TS);
    for (uint32_t at = 0; at < sizeof settings / sizeof *settings; at++) {
        for (uint32_t ring = 0; ring < 4; ring += 3) {
            write_cr0(cr0 | settings[at]);
            field("cr0", settings[at], 1);
            print("\n");
            probe_at("FNOP", ring, fpu);
            probe_at("FLD", ring, fpu_load);
            probe_at("WAIT", ring, fwait);
        }
    }
    write_cr0(cr0 | CR0_MP);
    probe_at("WAIT with MP alone", 3, fwait);
    write_cr0(cr0 | CR0_EM);
}

// #GP, #NP and #SS with a selector for error code.
static void run_selectors(void) {
    static const uint32_t selectors[] = {
        SELECTOR_BEYOND, SELECTOR_BEYOND | 3, 0xFFF8, SELECTOR_LOCAL_FREE, 0x44, SELECTOR_TSS, SELECTOR_LDT, SELECTOR_CODE, 0x10, 0x43,
        SELECTOR_FREE, SELECTOR_FREE | 3, SELECTOR_LOCAL_DATA | 3, 0, 3,
    };
    set_flat(SELECTOR_FREE, (DATA | ACCESS_DPL(3)) & ~0x80);
    ALL_RINGS(ring) {
        for (uint32_t at = 0; at < sizeof selectors / sizeof *selectors; at++) {
            probe_prepare(ring, load_ds);
            probe.eax = selectors[at];
            probe_run("MOV DS");
            if (selectors[at] == 0x10 && ring == 0) continue;
            probe_prepare(ring, load_ss);
            probe.eax = selectors[at];
            probe_run("MOV SS");
        }
        set_flat(SELECTOR_FREE + 8, (DATA | ACCESS_DPL(ring)) & ~0x80);
        probe_prepare(ring, load_ss);
        probe.eax = (SELECTOR_FREE + 8) | ring;
        probe_run("MOV SS, absent segment");
    }
}

static void run_single_step(void) {
    for (uint32_t ring = 0; ring < 4; ring += 3) {
        EACH(steps, each) {
            probe_prepare(ring, each->code);
            probe.eflags = TF | 2;
            probe.resume = RESUME(1) | RESUME(3);
            probe_run(each->name);
        }
        probe_prepare(ring, popf_sets_tf);
        probe.resume = RESUME(1);
        probe_run("POPF sets and clears TF");
        probe_prepare(ring, iret_sets_tf);
        probe.resume = RESUME(1);
        probe_run("IRET sets TF");
        probe_prepare(ring, step_sti);
        probe.eflags = TF | IOPL3 | 2;
        probe.resume = RESUME(1);
        probe_run("TF over CLI and STI");
    }
}

static void set_stack(uint32_t ring, uint32_t selector) { tss.esp[ring] = (struct stack_pointer){ring_stack(ring), selector}; }

static void run_gates(void) {
    set_gate(0x31, SELECTOR_CODE, entry_of(0x31), TRAP_GATE | ACCESS_DPL(3));
    set_gate(0x33, ring_code(1), (uint32_t)inner_entry, INTERRUPT_GATE | ACCESS_DPL(3));
    set_gate(0x34, ring_code(2), (uint32_t)inner_entry, TRAP_GATE | ACCESS_DPL(3));
    set_gate(0x35, SELECTOR_CONFORMING, (uint32_t)inner_entry, INTERRUPT_GATE | ACCESS_DPL(3));
    ALL_RINGS(ring) {
        probe_prepare(ring, int_33);
        probe.eflags = IF | 2;
        probe_run("INT n to ring 1");
        probe_prepare(ring, int_34);
        probe.eflags = IF | 2;
        probe_run("INT n to ring 2");
        if (ring == 0) continue;
        probe_prepare(ring, int_35);
        probe.eflags = IF | 2;
        probe_run("INT n to conforming code");
        set_gate(6, SELECTOR_CONFORMING, (uint32_t)inner_entry, INTERRUPT_GATE);
        probe_at("#UD to conforming code", ring, ud_ud2);
        set_gate(13, ring_code(1), (uint32_t)inner_entry, TRAP_GATE);
        probe_at("#GP to ring 1", ring, load_ds);
        reset_gate(6);
        reset_gate(13);
    }
    for (uint32_t dpl = 0; dpl < 4; dpl++) {
        set_gate(0x30, SELECTOR_CODE, entry_of(0x30), INTERRUPT_GATE | ACCESS_DPL(dpl));
        set_gate(3, SELECTOR_CODE, entry_of(3), INTERRUPT_GATE | ACCESS_DPL(dpl));
        field("gate DPL", dpl, 1);
        print("\n");
        ALL_RINGS(ring) {
            probe_at("INT n", ring, int_30);
            probe_at("INT3", ring, bp_cc);
        }
    }
    reset_gate(0x30);
    reset_gate(3);
}

// #TS and #SS by the stack of the inner ring: a gate to ring 1 whose SS1 is bad.
static void run_bad_inner_stacks(void) {
    set_flat(SELECTOR_FREE + 8, (DATA | ACCESS_DPL(1)) & ~0x80);
    set_flat(SELECTOR_FREE + 16, 0x90 | ACCESS_DPL(1));
    set_flat(SELECTOR_FREE + 24, DATA | ACCESS_DPL(0));
    const uint32_t stacks[] = {
        0, 1, ring_data(1) & ~3, ring_data(2), SELECTOR_BEYOND | 1, SELECTOR_LOCAL_FREE | 1, (SELECTOR_FREE + 8) | 1, (SELECTOR_FREE + 16) | 1,
        (SELECTOR_FREE + 24) | 1, ring_code(1), SELECTOR_TSS | 1,
    };
    for (uint32_t at = 0; at < sizeof stacks / sizeof *stacks; at++) {
        set_stack(1, stacks[at]);
        field("SS1", stacks[at], 4);
        print("\n");
        probe_at("INT n to ring 1", 3, int_33);
        set_gate(6, ring_code(1), (uint32_t)inner_entry, INTERRUPT_GATE);
        probe_at("#UD to ring 1", 2, ud_ud2);
        reset_gate(6);
    }
    set_stack(1, ring_data(1));
}

static void second_fault(const char *gate, const char *cause, uint32_t ring, const char *code) {
    print(gate);
    print(": ");
    probe_at(cause, ring, code);
}

// A fault while an exception is delivered: error codes with EXT, and #DF.
static void run_second_faults(void) {
    set_flat(SELECTOR_FREE, (CODE | ACCESS_DPL(0)) & ~0x80);
    const struct {
        const char *name;
        uint32_t selector, access;
    } gates[] = {
        {"absent gate", SELECTOR_CODE, 0x0E}, {"null selector", 0, 0x8E}, {"selector beyond the GDT", SELECTOR_BEYOND, 0x8E},
        {"data segment", SELECTOR_DATA, 0x8E}, {"absent segment", SELECTOR_FREE, 0x8E}, {"outer ring", ring_code(3), 0x8E},
        {"no gate", SELECTOR_CODE, 0x89}, {"no type", SELECTOR_CODE, 0x80}, {"LDT selector", SELECTOR_LOCAL_DATA, 0x8E},
    };
    static const struct {
        const char *name, *code;
        uint32_t vector;
    } causes[] = {
        {"#DE", de_div, 0}, {"#UD", ud_ud2, 6}, {"#BR", br_low, 5}, {"#GP", gp_hlt, 13}, {"#PF", pf_read, 14}, {"INT n", int_30, 0x30}, {"INT3", bp_cc, 3},
    };
    for (uint32_t at = 0; at < sizeof gates / sizeof *gates; at++) {
        for (uint32_t cause = 0; cause < sizeof causes / sizeof *causes; cause++) {
            const uint32_t vector = causes[cause].vector;
            set_gate(vector, gates[at].selector, entry_of(vector), gates[at].access | (vector == 0x30 || vector == 3 ? ACCESS_DPL(3) : 0));
            // From ring 3 a gate to ring 3 is in order, and so is #GP's from ring 1 when #GP itself is what fails.
            if (gates[at].selector != ring_code(3)) second_fault(gates[at].name, causes[cause].name, 3, causes[cause].code);
            if (gates[at].selector != ring_code(3) || vector != 13) second_fault(gates[at].name, causes[cause].name, 1, causes[cause].code);
            reset_gate(vector);
        }
    }
}

int main(void) {
    paging_init();
    write_cr0(read_cr0() | CR0_EM);
    set_gate(0x31, SELECTOR_CODE, entry_of(0x31), TRAP_GATE | ACCESS_DPL(3));
    set_gate(0x50, SELECTOR_CODE, entry_of(0x50), INTERRUPT_GATE);
    set_gate(0x51, SELECTOR_CODE, entry_of(0x51), (INTERRUPT_GATE | ACCESS_DPL(3)) & ~0x80);
    run_simple();
    run_no_coprocessor();
    run_selectors();
    run_single_step();
    run_gates();
    run_bad_inner_stacks();
    run_second_faults();
    return 0;
}
