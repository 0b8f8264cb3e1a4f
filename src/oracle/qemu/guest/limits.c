// What QEMU's translator does not check: segment limits above all, and a few forbidden values of system registers.
// The expectations are the manual's, in limits.expected.ts. Intel SDM vol. 3A, 5.3 Limit Checking, 5.4 Type Checking.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "paging.h"
#include "tables.h"

#define COUNT(table) (sizeof table / sizeof *table)
#define UP (SELECTOR_FREE | 3)
#define PAGES ((SELECTOR_FREE + 8) | 3)
#define DOWN ((SELECTOR_FREE + 16) | 3)
#define DOWN_16 ((SELECTOR_FREE + 24) | 3)
#define READ_ONLY ((SELECTOR_FREE + 32) | 3)
#define EXECUTE_ONLY ((SELECTOR_FREE + 40) | 3)
#define SHORT_CODE ((SELECTOR_FREE + 48) | 3)
#define READABLE_CODE ((SELECTOR_FREE + 56) | 3)
#define SMALL_STACK ((SELECTOR_FREE + 64) | 1)
#define LARGE_LINEAR 0x2000000

PROBE(read8, "movb %fs:(%ebx), %al");
PROBE(read16, "movw %fs:(%ebx), %ax");
PROBE(read32, "movl %fs:(%ebx), %eax");
PROBE(write8, "movb %al, %fs:(%ebx)");
PROBE(write32, "movl %eax, %fs:(%ebx)");
PROBE(add32, "addl $0, %fs:(%ebx)");
PROBE(cmpxchg8b_, "cmpxchg8b %fs:(%ebx)");
PROBE(bound_, "movl $0, %eax\nbound %eax, %fs:(%ebx)");
PROBE(les_, "les %fs:(%ebx), %eax");
PROBE(bt_, "movl $32, %eax\nbtl %eax, %fs:(%ebx)");
PROBE(lea_, ".byte 0x64\nleal (%ebx), %eax");
PROBE(cs_write, "movl %eax, %cs:table");
PROBE(cs_read, "movl %cs:table, %ecx");
PROBE(rep_lods, "movl %ebx, %esi\nmovl $4, %ecx\nrep lodsb %fs:(%esi), %al");
PROBE(do_push, "movl %ebx, %esp\npushl %eax");
PROBE(do_push_16, "movl %ebx, %esp\npushw %ax");
PROBE(do_pop, "movl %ebx, %esp\npopl %eax");
PROBE(do_call, "movl %ebx, %esp\ncall 1f\n1:");
PROBE(do_ret, "movl %ebx, %esp\nret");
PROBE(do_pusha, "movl %ebx, %esp\npushal");
PROBE(do_enter, "movl %ebx, %esp\nenter $0, $0");
PROBE(do_leave, "movl %ebx, %ebp\nleave");
PROBE(ebp_read, "movl %ebx, %ebp\nmovl (%ebp), %eax");
PROBE(esp_read, "movl %ebx, %esp\nmovl (%esp), %eax");
PROBE(ss_read, "movl %ss:(%ebx), %eax");
PROBE(jump_beyond, "jmp .+0x100\nnop");
PROBE(jump_inside, "jmp 1f\n1:");
PROBE(jcc_beyond, "cmpl %eax, %eax\nje .+0x100");
PROBE(jcc_not_taken, "cmpl %eax, %eax\njne .+0x100");
PROBE(call_beyond, "call .+0x100");
PROBE(loop_beyond, "movl $2, %ecx\nloop .+0x60");
PROBE(ret_beyond, "pushl $0x100\nret");
PROBE(ret_inside, "pushl $6\nret\n");
PROBE(indirect_beyond, "movl $0x100, %eax\njmp *%eax");
PROBE(run_off, "nop\nnop\n.skip 0x3d, 0x90");
PROBE(straddle, ".skip 0x3e, 0x90\nmovl $1, %eax");
PROBE(far_jump, "movl $0x10000, table\nmovw %cx, table + 4\nljmp *table");
PROBE(far_call, "movl $0x10000, table\nmovw %cx, table + 4\nlcall *table");
PROBE(far_ret, "pushl %ecx\npushl $0x10000\nlret");
PROBE(iret_, "pushl $2\npushl %ecx\npushl $0x10000\niret");
PROBE(int_33, "int $0x33");
PROBE(int_30, "int $0x30");
PROBE(ud, "ud2");
PROBE(load_ds, "movl %eax, %ds");
PROBE(do_ltr, "ltr %ax");
PROBE(set_cr0, "movl %eax, %cr0");
PROBE(set_cr4, "movl %eax, %cr4");
PROBE(bad_msr, "movl $0x12345678, %ecx\nrdmsr");
PROBE(read_large, "movl 0x2000000, %eax");

uint32_t table[2];
static uint8_t area[0x11000] __attribute__((aligned(4096)));
extern const char inner_entry[];

struct named {
    const char *name, *code;
};

static void data_access(const char *title, const char *code, uint32_t segment, uint32_t offset) {
    probe_prepare(3, code);
    probe.fs = segment;
    probe.ebx = offset;
    probe_run(title);
}

static void data_limits(void) {
    data_access("byte limit: last byte", read8, UP, 0xFFF);
    data_access("byte limit: one beyond", read8, UP, 0x1000);
    data_access("byte limit: word across", read16, UP, 0xFFF);
    data_access("byte limit: last doubleword", read32, UP, 0xFFC);
    data_access("byte limit: doubleword across", read32, UP, 0xFFD);
    data_access("byte limit: write across", write32, UP, 0xFFE);
    data_access("byte limit: write beyond", write8, UP, 0x1000);
    data_access("byte limit: read-modify-write across", add32, UP, 0xFFD);
    data_access("byte limit: doubleword around 4 GiB", read32, UP, 0xFFFFFFFE);
    data_access("byte limit: CMPXCHG8B inside", cmpxchg8b_, UP, 0xFF8);
    data_access("byte limit: CMPXCHG8B across", cmpxchg8b_, UP, 0xFF9);
    data_access("byte limit: BOUND across", bound_, UP, 0xFFC);
    data_access("byte limit: LES across", les_, UP, 0xFFB);
    data_access("byte limit: bit string beyond", bt_, UP, 0xFFC);
    data_access("byte limit: LEA beyond", lea_, UP, 0x1000);
    data_access("byte limit: REP LODSB across", rep_lods, UP, 0xFFE);
    field("ecx", outcome.ecx, 2);
    field("esi", outcome.esi, 4);
    print("\n");
    data_access("page limit: last doubleword", read32, PAGES, 0x1FFC);
    data_access("page limit: doubleword across", read32, PAGES, 0x1FFD);
    data_access("expand-down: at the limit", read8, DOWN, 0xFFF);
    data_access("expand-down: one above", read8, DOWN, 0x1000);
    data_access("expand-down: doubleword across", read32, DOWN, 0xFFE);
    data_access("expand-down: last doubleword", read32, DOWN, 0xFFFFFFFC);
    data_access("expand-down: doubleword around 4 GiB", read32, DOWN, 0xFFFFFFFD);
    data_access("expand-down, B clear: last byte", read8, DOWN_16, 0xFFFF);
    data_access("expand-down, B clear: one beyond", read8, DOWN_16, 0x10000);
    data_access("expand-down, B clear: word across", read16, DOWN_16, 0xFFFF);
    data_access("expand-down, B clear: at the limit", read8, DOWN_16, 0xFFF);
    data_access("read-only: read", read32, READ_ONLY, 0);
    data_access("read-only: write", write32, READ_ONLY, 0);
    data_access("read-only: read-modify-write", add32, READ_ONLY, 0);
    data_access("readable code: read", read32, READABLE_CODE, 0);
    data_access("readable code: write", write32, READABLE_CODE, 0);
    data_access("null: read", read32, 0, 0);
    data_access("null: write", write32, 3, 0);
    probe_at("CS override: write", 3, cs_write);
    probe_at("CS override: read", 3, cs_read);
    probe_prepare(3, cs_read);
    probe.cs = EXECUTE_ONLY;
    probe_run("execute-only CS override: read");
}

static void stack_access(const char *title, const char *code, uint32_t segment, uint32_t esp) {
    probe_prepare(3, code);
    probe.ss = segment;
    probe.ebx = esp;
    probe_run(title);
}

static void stack_limits(void) {
    stack_access("stack: PUSH at the top", do_push, UP, 0x1000);
    stack_access("stack: PUSH across the top", do_push, UP, 0x1001);
    stack_access("stack: PUSH to the bottom", do_push, UP, 4);
    stack_access("stack: PUSH below the bottom", do_push, UP, 2);
    stack_access("stack: PUSH 16 around 4 GiB", do_push_16, UP, 1);
    stack_access("stack: POP at the top", do_pop, UP, 0xFFC);
    stack_access("stack: POP across the top", do_pop, UP, 0xFFD);
    stack_access("stack: CALL below the bottom", do_call, UP, 3);
    stack_access("stack: RET across the top", do_ret, UP, 0xFFE);
    stack_access("stack: PUSHA below the bottom", do_pusha, UP, 0x1C);
    stack_access("stack: PUSHA to the bottom", do_pusha, UP, 0x20);
    stack_access("stack: ENTER below the bottom", do_enter, UP, 0);
    stack_access("stack: LEAVE across the top", do_leave, UP, 0xFFD);
    stack_access("stack: through EBP", ebp_read, UP, 0xFFD);
    stack_access("stack: through ESP", esp_read, UP, 0xFFD);
    stack_access("stack: SS override", ss_read, UP, 0x1000);
    stack_access("expand-down stack: PUSH to the bottom", do_push, DOWN, 0x1004);
    stack_access("expand-down stack: PUSH below the bottom", do_push, DOWN, 0x1003);
    stack_access("expand-down stack: PUSH at 4 GiB", do_push, DOWN, 0);
    set_gate(0x33, ring_code(1), (uint32_t)inner_entry, 0x8E | ACCESS_DPL(3));
    tss.esp[1].ss = SMALL_STACK;
    tss.esp[1].esp = 0x13;
    probe_at("inner stack: no room", 3, int_33);
    set_gate(6, ring_code(1), (uint32_t)inner_entry, 0x8E);
    probe_at("inner stack: no room for an exception", 3, ud);
    reset_gate(6);
    tss.esp[1].ss = ring_data(1);
    tss.esp[1].esp = ring_stack(1);
    set_descriptor(SELECTOR_TSS, (uint32_t)&tss, 0x10, SYSTEM_TSS, 0);
    load_tr(SELECTOR_TSS);
    probe_at("TSS without ESP1", 3, int_33);
    set_descriptor(SELECTOR_TSS, (uint32_t)&tss, sizeof tss - 1, SYSTEM_TSS, 0);
    load_tr(SELECTOR_TSS);
}

// The code segment holds 0x40 bytes, from the probed code on: EIP is 0 there.
static void code_limits(void) {
    static const struct named branches[] = {
        {"JMP inside", jump_inside}, {"JMP beyond", jump_beyond}, {"Jcc beyond", jcc_beyond}, {"Jcc beyond, not taken", jcc_not_taken}, {"CALL beyond", call_beyond},
        {"LOOP beyond", loop_beyond}, {"RET beyond", ret_beyond}, {"JMP register beyond", indirect_beyond}, {"running off the end", run_off},
        {"instruction across the end", straddle},
    };
    for (uint32_t at = 0; at < COUNT(branches); at++) {
        set_descriptor(SHORT_CODE, (uint32_t)branches[at].code, 0x3F, CODE | ACCESS_DPL(3), 0x40);
        probe_prepare(3, 0);
        probe.cs = SHORT_CODE;
        print("code: ");
        probe_run(branches[at].name);
    }
    set_descriptor(SHORT_CODE, 0, 0xFFFF, CODE | ACCESS_DPL(3), 0x40);
    static const struct named far[] = {{"far JMP beyond", far_jump}, {"far CALL beyond", far_call}, {"RETF beyond", far_ret}, {"IRET beyond", iret_}};
    for (uint32_t at = 0; at < COUNT(far); at++) {
        probe_prepare(3, far[at].code);
        probe.ecx = SHORT_CODE;
        print("code: ");
        probe_run(far[at].name);
    }
    set_descriptor(SELECTOR_FREE + 72, 0, 0xFFFF, CODE, 0x40);
    set_gate(0x30, SELECTOR_FREE + 72, entry_of(0x30), 0x8E | ACCESS_DPL(3));
    probe_at("gate beyond the code segment: INT n", 3, int_30);
    reset_gate(0x30);
    set_gate(6, SELECTOR_FREE + 72, entry_of(6), 0x8E);
    probe_at("gate beyond the code segment: #UD", 3, ud);
    reset_gate(6);
}

static void table_limits(void) {
    set_descriptor(SELECTOR_LDT, (uint32_t)ldt, 14, SYSTEM_LDT, 0);
    load_ldtr(SELECTOR_LDT);
    probe_prepare(3, load_ds);
    probe.eax = SELECTOR_LOCAL_DATA | 3;
    probe_run("LDT one byte short");
    set_descriptor(SELECTOR_LDT, (uint32_t)ldt, 15, SYSTEM_LDT, 0);
    load_ldtr(SELECTOR_LDT);
    probe_prepare(3, load_ds);
    probe.eax = SELECTOR_LOCAL_DATA | 3;
    probe_run("LDT just long enough");
    load_idt_limit(8 * VECTORS - 2);
    probe_prepare(3, int_30);
    probe_run("IDT long enough");
    load_idt_limit(8 * VECTORS - 1);
}

static void registers(void) {
    for (uint32_t selector = 0; selector < 4; selector += 3) {
        probe_prepare(0, do_ltr);
        probe.eax = selector;
        probe_run("LTR null");
    }
    probe_prepare(0, set_cr0);
    probe.eax = 0x80000000;
    probe_run("CR0: PG without PE");
    probe_prepare(0, set_cr0);
    probe.eax = 0x20000001;
    probe_run("CR0: NW without CD");
    probe_at("RDMSR of no register", 0, bad_msr);
    for (uint32_t bit = 0; bit < 32; bit++) {
        probe_prepare(0, set_cr4);
        probe.eax = 1u << bit;
        field("CR4 bit", bit, 2);
        print(" ");
        probe_run("");
    }
    write_cr4(CR4_PSE);
    paging_init();
    for (uint32_t bit = 12; bit < 22; bit++) {
        directory[LARGE_LINEAR >> 22] = LARGE_LINEAR | LARGE | PRESENT | WRITABLE | USER | 1u << bit;
        paging_flush();
        field("4 MiB entry bit", bit, 2);
        print(" ");
        probe_at("", 3, read_large);
    }
}

int main(void) {
    set_descriptor(UP & ~3, (uint32_t)area, 0xFFF, DATA | ACCESS_DPL(3), 0x40);
    set_descriptor(PAGES & ~3, (uint32_t)area, 1, DATA | ACCESS_DPL(3), 0xC0);
    set_descriptor(DOWN & ~3, (uint32_t)area + 4, 0xFFF, DATA | 4 | ACCESS_DPL(3), 0x40);
    set_descriptor(DOWN_16 & ~3, (uint32_t)area, 0xFFF, DATA | 4 | ACCESS_DPL(3), 0);
    set_descriptor(READ_ONLY & ~3, (uint32_t)area, 0xFFF, 0x90 | ACCESS_DPL(3), 0x40);
    set_flat(EXECUTE_ONLY & ~3, 0x98 | ACCESS_DPL(3));
    set_descriptor(READABLE_CODE & ~3, (uint32_t)area, 0xFFF, CODE | ACCESS_DPL(3), 0x40);
    set_descriptor(SMALL_STACK & ~3, (uint32_t)area, 0xFFF, DATA | ACCESS_DPL(1), 0x40);
    data_limits();
    stack_limits();
    code_limits();
    table_limits();
    registers();
    return 0;
}
