// Real mode: the way there from protected mode and back, segments as paragraphs, 16-bit code, interrupt vectors, limits left behind.
// Intel SDM vol. 3A, 9.9 Mode Switching; vol. 3B, 20.1 Real-Address Mode.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "tables.h"

#define COUNT(table) (sizeof table / sizeof *table)
#define CODE_16 (SELECTOR_FREE)
#define DATA_16 (SELECTOR_FREE + 8)
#define DATA_BIG (SELECTOR_FREE + 16)
#define LOW ((uint8_t *)0x6030)
#define WAY 0x7000
#define STUBS 0x8000
#define RECORD 0x7400

// What a real-mode handler leaves, in the order in which the way back stores it.
struct record {
    uint32_t eax, ebx, ecx, edx, esi, edi, ebp, esp;
    uint16_t ds, es, ss, fs, gs, vector, ip, cs, flags;
};

void go(uint32_t data_selector, uint32_t flags);
extern const uint8_t way[], way_end[];
// Copied to WAY. In: EAX = selector for the data segments, EDX = EFLAGS for the probed code.
__asm__(
    ".pushsection .text\n"
    "go: pushl %ebp\npushl %ebx\npushl %esi\npushl %edi\npushfl\nmovl 24(%esp), %eax\nmovl 28(%esp), %edx\n"
    "movl %esp, saved_esp\nsidt saved_idt\nlidt real_idt\n"
    "ljmp $0x60, $0x7000\n"
    "back: movl $0x10, %eax\nmovl %eax, %ss\nmovl %eax, %ds\nmovl %eax, %es\nmovl %eax, %fs\nmovl %eax, %gs\nmovl saved_esp, %esp\nlidt saved_idt\n"
    "popfl\npopl %edi\npopl %esi\npopl %ebx\npopl %ebp\nret\n"
    "real_idt: .word 0x3ff\n.long 0\nsaved_idt: .word 0\n.long 0\n.balign 4\nsaved_esp: .long 0\n.popsection\n"
    ".pushsection .rodata\nway:\n.code16\n"
    "movw %ax, %ds\nmovw %ax, %es\nmovw %ax, %ss\nmovw %ax, %fs\nmovw %ax, %gs\n"
    "movl %cr0, %eax\nandb $0xfe, %al\nmovl %eax, %cr0\n"
    "ljmpw $0, $0x7000 + 1f - way\n"
    "1: movw $0x2000, %ax\nmovw %ax, %ss\nmovl $0x200, %esp\nmovw $0x700, %ax\nmovw %ax, %ds\nmovw $0x3333, %ax\nmovw %ax, %es\nmovw $0x4444, %ax\nmovw %ax, %fs\n"
    "movw $0x5555, %ax\nmovw %ax, %gs\n"
    "pushl %edx\npopfl\nmovl $0xa0a0a0a0, %eax\nmovl $0xb0b0b0b0, %ebx\nmovl $0xc0c0c0c0, %ecx\nmovl $0xd0d0d0d0, %edx\nmovl $0x51515151, %esi\nmovl $0xd1d1d1d1, %edi\n"
    "movl $0xb9b9b9b9, %ebp\nljmpw $0x603, $0\n"
    ".globl common\ncommon: popw %cs:0x742a\n"
    "movl %eax, %cs:0x7400\nmovl %ebx, %cs:0x7404\nmovl %ecx, %cs:0x7408\nmovl %edx, %cs:0x740c\nmovl %esi, %cs:0x7410\nmovl %edi, %cs:0x7414\nmovl %ebp, %cs:0x7418\n"
    "movl %esp, %cs:0x741c\nmovw %ds, %cs:0x7420\nmovw %es, %cs:0x7422\nmovw %ss, %cs:0x7424\nmovw %fs, %cs:0x7426\nmovw %gs, %cs:0x7428\n"
    "popw %cs:0x742c\npopw %cs:0x742e\npopw %cs:0x7430\n"
    "movl %cr0, %eax\norb $1, %al\nmovl %eax, %cr0\nljmpl $0x08, $back\n"
    ".code32\nway_end:\n.popsection\n");
extern const uint8_t common[];

#define REAL(name, text) \
    extern const uint8_t name[], name##_end[]; \
    __asm__(".pushsection .rodata\n" #name ":\n.code16\n" text "\nint $0x40\n.code32\n" #name "_end:\n.popsection\n")

REAL(r_nothing, "nop");
REAL(r_segments, "movw $0x1111, %ax\nmovw %ax, %es\nmovw $0, %bx\nmovw %bx, %fs\nmovw %cs, %cx\nmovw %es, %dx");
REAL(r_memory, "movw $0x1234, %bx\nmovw %bx, 0x900\nmovw 0x900, %cx\nmovb %ch, %cs:0x80\nmovb %cs:0x80, %dl\nmovl $0x12345678, 0x910\nmovl 0x910, %esi");
REAL(r_stack, "pushw $0x1234\npushl $0x56789abc\npopw %ax\npopl %ebx\npushaw\npopaw\npushw %cs\npopw %cx\nenterw $8, $2\nleavew\nmovl %esp, %edx");
REAL(r_stack_32, "enterl $8, $1\nmovl %esp, %edx\nleavel\npushal\npopal\npushfl\npopl %eax");
REAL(r_flags, "cli\npushfw\npopw %ax\nsti\npushfw\npopw %bx\npushw $0x7ed7\npopfw\npushfw\npopw %cx\npushl $0x247ed7\npopfl\npushfl\npopl %edx\npushw $2\npopfw");
REAL(r_int, "int $0x30\nnop");
REAL(r_iret, "pushw $0x202\npushw %cs\npushw $9\niretw\nnop\nnop\nmovw $0x55, %ax");
REAL(r_iretd, "pushl $0x33202\npushl $0x603\npushl $1f - r_iretd\niretl\nnop\n1: movw $0x55, %ax");
REAL(r_nt, "pushw $0x4002\npopfw\npushw $0x4002\npushw %cs\npushw $1f - r_nt\niretw\nnop\n1: movw $0x56, %ax\npushw $2\npopfw");
REAL(r_jump_far, "ljmpw $0x5f3, $1f - r_jump_far + 0x100\nnop\n1: movw %cs, %ax");
REAL(r_call_far, "lcallw $0x603, $2f - r_call_far\nmovw $0x66, %bx\njmp 1f\n2: movw %cs, %ax\nmovl %esp, %ecx\nlretw\n1: nop");
REAL(r_call_far_32, "lcalll $0x603, $2f - r_call_far_32\nmovw $0x66, %bx\njmp 1f\n2: movw %cs, %ax\nmovl %esp, %ecx\nlretl $4\n1: nop");
REAL(r_div, "xorw %cx, %cx\ndivw %cx");
REAL(r_ud, ".byte 0x0f, 0x0b");
REAL(r_bound, "movw $5, %ax\nboundw %ax, %cs:1f - r_bound\njmp 2f\n1: .word 6, 9\n2: nop");
REAL(r_int3, "int3");
REAL(r_into, "movb $0x7f, %al\naddb $1, %al\ninto");
REAL(r_step, "pushw $0x102\npopfw\nnop\nnop");
REAL(r_arpl, "arpl %ax, %bx");
REAL(r_lar, "larw %ax, %bx");
REAL(r_lsl, "lslw %ax, %bx");
REAL(r_verr, "verr %ax");
REAL(r_sldt, "sldtw %ax");
REAL(r_lldt, "lldt %ax");
REAL(r_str, "strw %ax");
REAL(r_ltr, "ltr %ax");
REAL(r_sgdt, "sgdtl 0x900\nmovw 0x900, %bx\nsidtl 0x908\nmovw 0x908, %cx\nmovl 0x90a, %edx\nsmsww %ax");
REAL(r_lgdt, "sgdtl 0x900\nlgdtl 0x900\nmovl %cr0, %eax");
REAL(r_control, "movl %cr0, %eax\norb $8, %al\nmovl %eax, %cr0\nclts\nmovl %cr0, %ebx\nlmsww %bx");
REAL(r_em, "movl %cr0, %eax\norb $4, %al\nmovl %eax, %cr0\n.byte 0xd9, 0xd0");
REAL(r_lock, ".byte 0xf0, 0x90");
REAL(r_string, "movw $0x700, %ax\nmovw %ax, %es\ncld\nmovw $0x920, %di\nmovw $4, %cx\nmovw $0xabcd, %ax\nrep stosw\nmovw $0x920, %si\nmovw $0x940, %di\nmovw $3, %cx\nrep movsw\nmovw 0x944, %bx\nlodsw");
REAL(r_lds, "movl $0x43215678, 0x950\nldsw 0x950, %bx\nmovw %ds, %cx\nlssw %cs:1f - r_lds, %dx\njmp 2f\n1: .word 0x80, 0x3003\n2: movw %ss, %si");
REAL(r_unreal, "movl $0x110000, %esi\naddr32 movl $0xcafef00d, (%esi)\naddr32 movl (%esi), %ebx\nmovw $0x600, %ax\nmovw %ax, %ds\naddr32 movl 0x100000(%esi), %ecx\nmovl $0x10a000, %esi\naddr32 movl (%esi), %edx");
REAL(r_cpuid, "xorl %eax, %eax\ncpuid\nmovl $7, %eax");
REAL(r_movsx, "movsbl %al, %ebx\nmovzwl %ax, %ecx\nbswap %edx\nimulw $3, %ax, %si\nshldw $4, %ax, %di");
REAL(r_xlat, "movw $0x960, %bx\nmovb $3, %al\nmovb $0x77, 0x963\nxlatb");

static const struct {
    const char *name;
    const uint8_t *code, *end;
} probes[] = {
#define ROW(title, name) {title, name, name##_end}
    ROW("nothing", r_nothing), ROW("segments", r_segments), ROW("memory", r_memory), ROW("stack", r_stack), ROW("stack, 32-bit", r_stack_32), ROW("flags", r_flags),
    ROW("INT n", r_int), ROW("IRET", r_iret), ROW("IRETD", r_iretd), ROW("IRET with NT", r_nt), ROW("JMP far", r_jump_far), ROW("CALL far", r_call_far),
    ROW("CALL far, 32-bit", r_call_far_32), ROW("#DE", r_div), ROW("#UD", r_ud), ROW("#BR", r_bound), ROW("INT3", r_int3), ROW("INTO", r_into), ROW("TF", r_step),
    ROW("ARPL", r_arpl), ROW("LAR", r_lar), ROW("LSL", r_lsl), ROW("VERR", r_verr), ROW("SLDT", r_sldt), ROW("LLDT", r_lldt), ROW("STR", r_str), ROW("LTR", r_ltr),
    ROW("SGDT, SIDT, SMSW", r_sgdt), ROW("LGDT", r_lgdt), ROW("control registers", r_control), ROW("coprocessor emulated", r_em), ROW("LOCK NOP", r_lock), ROW("strings", r_string),
    ROW("LDS, LSS", r_lds), ROW("CPUID", r_cpuid), ROW("width", r_movsx), ROW("XLAT", r_xlat),
};

static void run(const char *name, const uint8_t *code, const uint8_t *end, uint32_t selector) {
    volatile struct record *record = (volatile struct record *)RECORD;
    for (uint32_t at = 0; at < 256; at++) LOW[at] = 0xF4;
    for (uint32_t at = 0; code + at < end; at++) LOW[at] = code[at];
    go(selector, 2);
    write_cr0(read_cr0() & ~12u);
    print(name);
    print("\n ");
    field("v", (record->vector - 3 - STUBS) / 4, 2);
    field("ip", record->ip, 4);
    field("cs", record->cs, 4);
    field("fl", record->flags, 4);
    field("eax", record->eax, 8);
    field("ebx", record->ebx, 8);
    field("ecx", record->ecx, 8);
    field("edx", record->edx, 8);
    field("esi", record->esi, 8);
    field("edi", record->edi, 8);
    field("ebp", record->ebp, 8);
    field("esp", record->esp, 8);
    field("ds", record->ds, 4);
    field("es", record->es, 4);
    field("ss", record->ss, 4);
    field("fs", record->fs, 4);
    field("gs", record->gs, 4);
    print("\n");
}

int main(void) {
    set_descriptor(CODE_16, 0, 0xFFFF, CODE, 0);
    set_descriptor(DATA_16, 0, 0xFFFF, DATA, 0);
    set_descriptor(DATA_BIG, 0, 0xFFFFF, DATA, 0x80);
    for (uint32_t at = 0; way + at < way_end; at++) ((uint8_t *)WAY)[at] = way[at];
    for (uint32_t vector = 0; vector < 256; vector++) {
        uint8_t *stub = (uint8_t *)(STUBS + 4 * vector);
        const uint32_t jump = WAY + (uint32_t)(common - way) - (uint32_t)stub - 3;
        stub[0] = 0xE8;
        stub[1] = (uint8_t)jump;
        stub[2] = (uint8_t)(jump >> 8);
        *(volatile uint32_t *)(4 * vector) = (uint32_t)stub;
    }
    for (uint32_t at = 0; at < COUNT(probes); at++) run(probes[at].name, probes[at].code, probes[at].end, DATA_16);
    run("segments with the limits of protected mode", r_unreal, r_unreal_end, DATA_BIG);
    return 0;
}
