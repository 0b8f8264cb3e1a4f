// Virtual-8086 mode: the way in and out, what IOPL lets through, 16-bit code, and exceptions with the nine-word frame; 16-bit gates.
// Intel SDM vol. 3B, 20.2 Virtual-8086 Mode; vol. 3A, 6.12.1.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "paging.h"
#include "tables.h"

#define COUNT(table) (sizeof table / sizeof *table)
#define RESUME(vector) (1u << (vector))
#define TF 0x100
#define IF 0x200
#define NT 0x4000
#define VM 0x20000
#define AC 0x40000
#define IOPL(level) ((level) << 12)
#define CODE_SEGMENT 0x0603                     // its low bits say ring 3 to the monitor
#define LOW ((uint8_t *)(CODE_SEGMENT << 4))
#define INTERRUPT_GATE_16 0x86
#define TRAP_GATE_16 0x87

PROBE(enter_virtual, "iret");
// 16-bit code, ended by a HLT, which virtual-8086 mode never allows.
#define VIRTUAL(name, text) \
    extern const uint8_t name[], name##_end[]; \
    __asm__(".pushsection .rodata\n" #name ":\n.code16\n" text "\nhlt\n.code32\n" #name "_end:\n.popsection\n")

VIRTUAL(v_nothing, "nop");
VIRTUAL(v_registers, "movw %cs, %ax\nmovw %ds, %bx\nmovw %ss, %cx\nmovw %es, %dx\nmovw %fs, %si\nmovw %gs, %di");
VIRTUAL(v_load, "movw $0x1111, %ax\nmovw %ax, %ds\nmovw $0, %ax\nmovw %ax, %es\nmovw %ds, %bx\nmovw %es, %cx");
VIRTUAL(v_memory, "movw $0x700, %ax\nmovw %ax, %ds\nmovw $0x1234, %bx\nmovw %bx, 0x10\nmovw 0x10, %cx\nmovw %cx, %es:2(%si)\naddr32 movw 0x10, %dx");
VIRTUAL(v_stack, "pushw $0x1234\npushl $0x56789abc\npopw %ax\npopl %ebx\npushaw\npopaw\npushw %cs\npopw %cx\nenterw $8, $2\nleavew\nmovl %esp, %edx");
VIRTUAL(v_wrap, "movw $1, %sp\npushw %ax");
VIRTUAL(v_wrap_even, "movw $0, %sp\npushw %ax\npopw %bx\nmovl %esp, %edx");
VIRTUAL(v_limit, "movw 0xffff, %ax");
VIRTUAL(v_limit_stack, "movw $0xffff, %bp\nmovw (%bp), %ax");
VIRTUAL(v_limit_32, "movl $0x10000, %esi\naddr32 movb (%esi), %al");
VIRTUAL(v_cli, "cli");
VIRTUAL(v_sti, "sti\nnop");
VIRTUAL(v_pushf, "pushfw\npopw %ax");
VIRTUAL(v_pushfd, "pushfl\npopl %eax");
VIRTUAL(v_popf, "pushw $0x3ed7\npopfw\npushfw\npopw %ax");
VIRTUAL(v_popfd, "pushl $0x247ed7\npopfl\npushfl\npopl %eax");
VIRTUAL(v_int, "int $0x30\nnop");
VIRTUAL(v_int3, "int3\nnop");
VIRTUAL(v_into, "movb $0x7f, %al\naddb $1, %al\ninto\nnop");
VIRTUAL(v_iret, "pushw $0x202\npushw %cs\npushw $9\niretw\nnop\nnop\nmovw $0x55, %ax");
VIRTUAL(v_iretd, "pushl $0x33202\npushw $0\npushw %cs\npushl $0x10\niretl\nnop\nnop\nmovw $0x55, %ax");
VIRTUAL(v_in, "inb $0x21, %al");
VIRTUAL(v_out, "movw $0x80, %dx\noutb %al, %dx");
VIRTUAL(v_hlt, "hlt");
VIRTUAL(v_lgdt, "lgdtl 0x10");
VIRTUAL(v_sgdt, "movw $0x700, %ax\nmovw %ax, %ds\nsgdtl 0x10\nmovw 0x10, %cx");
VIRTUAL(v_smsw, "smsww %ax");
VIRTUAL(v_lmsw, "lmsw %ax");
VIRTUAL(v_mov_cr0, "movl %cr0, %eax");
VIRTUAL(v_clts, "clts");
VIRTUAL(v_arpl, "arpl %ax, %bx");
VIRTUAL(v_lar, "larw %ax, %bx");
VIRTUAL(v_verr, "verr %ax");
VIRTUAL(v_sldt, "sldtw %ax");
VIRTUAL(v_str, "strw %ax");
VIRTUAL(v_lldt, "lldt %ax");
VIRTUAL(v_jump_far, "ljmpw $0x5f3, $v_after - v_jump_far + 0x100\nnop\nv_after: movw %cs, %ax");
VIRTUAL(v_call_far, "lcallw $0x603, $v_target - v_call_far\nmovw $0x66, %bx\njmp 1f\nv_target: movw %cs, %ax\nlretw\n1: nop");
VIRTUAL(v_call_far_32, "lcalll $0x603, $v_target_32 - v_call_far_32\nmovw $0x66, %bx\njmp 1f\nv_target_32: movw %cs, %ax\nlretl\n1: nop");
VIRTUAL(v_near, "call 1f\nmovw $0x66, %bx\njmp 2f\n1: movl %esp, %eax\nret\n2: movw $3, %cx\n3: loop 3b\njcxz 4f\nnop\n4: nop");
VIRTUAL(v_jump_beyond, "movl $0x10000, %eax\njmpl *%eax");
VIRTUAL(v_string, "movw $0x700, %ax\nmovw %ax, %ds\nmovw %ax, %es\ncld\nmovw $0x20, %di\nmovw $4, %cx\nmovw $0xabcd, %ax\nrep stosw\nmovw $0x20, %si\nmovw $0x40, %di\nmovw $3, %cx\nrep movsw\nmovw 0x44, %bx\nlodsw");
VIRTUAL(v_lds, "movw $0x700, %ax\nmovw %ax, %ds\nmovl $0x43215678, 0x50\nldsw 0x50, %bx\nmovw %ds, %cx\nlssw %cs:1f - v_lds, %dx\njmp 2f\n1: .word 0x80, 0x3003\n2: movw %ss, %si");
VIRTUAL(v_div, "xorw %cx, %cx\ndivw %cx");
VIRTUAL(v_ud, ".byte 0x0f, 0x0b");
VIRTUAL(v_page, "movw $0xf000, %ax\nmovw %ax, %ds\nmovw 0x10, %ax");
VIRTUAL(v_bound, "movw $5, %ax\nboundw %ax, %cs:1f - v_bound\njmp 2f\n1: .word 6, 9\n2: nop");
VIRTUAL(v_bcd, "movw $0x0f, %ax\naaa\nmovw %ax, %bx\nmovw $0x39, %ax\naddb $0x48, %al\ndaa\nmovw %ax, %cx\nmovb $0x63, %al\naam\nmovw %ax, %dx");
VIRTUAL(v_addressing, "movw $0x700, %ax\nmovw %ax, %ds\nmovw $0xfff0, %bx\nmovw $0x30, %si\nmovw $0x7777, (%bx,%si)\nmovw 0x20, %cx\nmovw $0x10, %bp\nleaw 0x7f(%bp,%si), %dx\nleaw -0x80(%bx), %ax\naddr32 leal 4(%ebx,%esi,4), %edi");

static const struct {
    const char *name;
    const uint8_t *code, *end;
} probes[] = {
#define ROW(title, name) {title, name, name##_end}
    ROW("nothing", v_nothing), ROW("segment registers", v_registers), ROW("segment loads", v_load), ROW("memory", v_memory), ROW("stack", v_stack),
    ROW("PUSH at SP 1", v_wrap), ROW("PUSH at SP 0", v_wrap_even), ROW("word at FFFF", v_limit), ROW("word at SS:FFFF", v_limit_stack), ROW("32-bit offset", v_limit_32),
    ROW("CLI", v_cli), ROW("STI", v_sti), ROW("PUSHF", v_pushf), ROW("PUSHFD", v_pushfd), ROW("POPF", v_popf), ROW("POPFD", v_popfd),
    ROW("INT n", v_int), ROW("INT3", v_int3), ROW("INTO", v_into), ROW("IRET", v_iret), ROW("IRETD", v_iretd), ROW("IN", v_in), ROW("OUT", v_out), ROW("HLT", v_hlt),
    ROW("LGDT", v_lgdt), ROW("SGDT", v_sgdt), ROW("SMSW", v_smsw), ROW("LMSW", v_lmsw), ROW("MOV from CR0", v_mov_cr0), ROW("CLTS", v_clts), ROW("ARPL", v_arpl),
    ROW("LAR", v_lar), ROW("VERR", v_verr), ROW("SLDT", v_sldt), ROW("STR", v_str), ROW("LLDT", v_lldt), ROW("JMP far", v_jump_far), ROW("CALL far", v_call_far),
    ROW("CALL far, 32-bit", v_call_far_32), ROW("near CALL, LOOP, JCXZ", v_near), ROW("JMP beyond FFFF", v_jump_beyond), ROW("strings", v_string), ROW("LDS, LSS", v_lds),
    ROW("#DE", v_div), ROW("#UD", v_ud), ROW("absent page", v_page), ROW("#BR", v_bound), ROW("BCD", v_bcd), ROW("16-bit addressing", v_addressing),
};
static const uint8_t limited_by_manual[] = {5, 7, 8, 9, 40};      // by probe: segment limits, which QEMU's translator does not check

static int is_limited(uint32_t at) {
    for (uint32_t n = 0; n < COUNT(limited_by_manual); n++) if (limited_by_manual[n] == at) return 1;
    return 0;
}

static void run(const char *name, const uint8_t *code, const uint8_t *end, uint32_t eflags) {
    for (uint32_t at = 0; at < 256; at++) LOW[at] = 0xF4;
    for (uint32_t at = 0; code + at < end; at++) LOW[at] = code[at];
    probe_prepare(0, enter_virtual);
    const uint32_t frame[] = {0, CODE_SEGMENT, eflags, 0x200, 0x2003, 0x3333, 0x4444, 0x5555, 0x6666};
    uint32_t *stack = (uint32_t *)(ring_stack(0) - sizeof frame);
    for (uint32_t at = 0; at < COUNT(frame); at++) stack[at] = frame[at];
    probe.esp = (uint32_t)stack;
    probe.resume = RESUME(1) | RESUME(3) | RESUME(4);
    probe_run(name);
    field("eax", outcome.eax, 8);
    field("ebx", outcome.ebx, 8);
    field("ecx", outcome.ecx, 8);
    field("edx", outcome.edx, 8);
    field("esi", outcome.esi, 8);
    field("edi", outcome.edi, 8);
    print("\n");
}

int main(void) {
    paging_init();
    // The last 64 KiB of the first MiB are not mapped.
    for (uint32_t at = 0xF0; at < 0x100; at++) ((uint32_t *)(directory[0] & ~0xFFFu))[at] = 0;
    paging_flush();
    for (uint32_t level = 0; level < 4; level++) {
        field("IOPL", level, 1);
        print("\n");
        for (uint32_t at = 0; at < COUNT(probes); at++) if (!is_limited(at)) run(probes[at].name, probes[at].code, probes[at].end, VM | IOPL(level) | 2);
    }
    run("with TF", v_near, v_near_end, VM | TF | 2);
    run("with TF over segment loads", v_load, v_load_end, VM | TF | 2);
    run("with IF and NT", v_pushf, v_pushf_end, VM | IF | NT | IOPL(3) | 2);
    for (uint32_t at = 0; at < 16; at++) tss.io_map[at] = 0;
    run("OUT, permitted", v_out, v_out_end, VM | 2);
    tss.io_map_base = (uint16_t)((uint32_t)tss.io_map - (uint32_t)&tss);
    for (uint32_t at = 16; at < IO_MAP_BYTES + 1; at++) tss.io_map[at] = 0xFF;
    run("OUT, permitted by the map", v_out, v_out_end, VM | 2);
    run("IN, permitted by the map", v_in, v_in_end, VM | IOPL(3) | 2);
    // A gate to another ring than 0 is no way out.
    set_gate(0x30, SELECTOR_CONFORMING, entry_of(0x30), 0xEE);
    run("INT n to conforming code", v_int, v_int_end, VM | IOPL(3) | 2);
    set_gate(0x30, SELECTOR_CODE, entry_of(0x30), 0x8E);
    run("INT n through a gate of DPL 0", v_int, v_int_end, VM | IOPL(3) | 2);
    return 0;
}
