// Call gates and hardware task switches: from every ring, through every kind of gate, and with every fault their checks can raise.
// Intel SDM vol. 3A, 5.8.3 to 5.8.5, chapter 7 Task Management; vol. 2, CALL, JMP, INT n, IRET.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "paging.h"
#include "tables.h"

#define ABSENT(access) ((access) & ~0x80)
#define COUNT(table) (sizeof table / sizeof *table)
#define RESUME(vector) (1u << (vector))
#define TF 0x100
#define NT 0x4000
#define RF 0x10000                              // QEMU sets it for no fault
#define VM 0x20000
#define IOPL3 0x3000
#define CR0_TS 8
#define TASK_GATE 0x85
#define CALL_GATE 0x8C
#define CALL_GATE_16 0x84
#define TSS_16 0x81
#define LOCAL 4

#define OTHER (SELECTOR_FREE)
#define TO_OTHER (SELECTOR_FREE + 8)
#define NARROW (SELECTOR_FREE + 16)
#define GATE (SELECTOR_FREE + 24)
#define BAD (SELECTOR_FREE + 32)
#define READ_ONLY (SELECTOR_FREE + 40)
#define EXECUTE_ONLY (SELECTOR_FREE + 48)
#define ABSENT_CODE (SELECTOR_FREE + 56)
#define ABSENT_DATA (SELECTOR_FREE + 64)
#define CATCHER (SELECTOR_FREE + 80)

struct task {
    uint32_t link, stacks[6], cr3, eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi, es, cs, ss, ds, fs, gs, ldt;
    uint16_t trap, io_map_base;
};
struct narrow_task {
    uint16_t link, stacks[6], ip, flags, ax, cx, dx, bx, sp, bp, si, di, es, cs, ss, ds, ldt;
};
static struct task other;
static struct narrow_task narrow;
static struct task catchers[4];
static uint32_t root;
uint32_t far_pointer[2];

PROBE(far_jump, "movw %cx, far_pointer + 4\nljmp *far_pointer\nmovl %cs, %eax");
PROBE(far_call, "movw %cx, far_pointer + 4\nlcall *far_pointer\nmovl %cs, %eax\nmovl %ss, %edx");
PROBE(call_with_parameters, "pushl $0x11111111\npushl $0x22222222\npushl $0x33333333\nmovw %cx, far_pointer + 4\nlcall *far_pointer\nmovl %cs, %eax");
PROBE(gate_target, "movl %cs, %eax\nmovl %ss, %edx\nmovl (%esp), %esi\nmovl 4(%esp), %edi\nmovl 8(%esp), %ebx\nmovl 12(%esp), %ebp");
PROBE(gate_returns, "lret");
PROBE(gate_returns_12, "lret $12");
PROBE(gate_16_target, "movl %cs, %eax\nmovl (%esp), %esi\nmovl 4(%esp), %edi\nmovl 8(%esp), %ebx");
PROBE(int_30, "int $0x30\nnop");
PROBE(ud_ud2, "ud2");
PROBE(load_bad, "movl $0x104, %eax\nmovl %eax, %ds");
PROBE(task_body, "nop\nmovl %cs, %eax\nmovl %ss, %edx\nmovl %ds, %esi\nmovl %gs, %edi");
PROBE(task_returns, "iret\nmovl $0x77, %eax\nnop");
PROBE(task_takes_code, "popl %ebx\nmovl %cs, %eax");
PROBE(narrow_body, ".code16\npushw %ax\nmovl %esp, %eax\nmovw %cs, %dx\npopw %cx\nint $0x40\n.code32");
PROBE(plain_iret, "iret\nnop");
extern const char virtual_body[];
__asm__(".pushsection .probe, \"ax\"\n.balign 16\nvirtual_body:\n.code16\nmovw %cs, %ax\nmovw %ss, %dx\nmovw %ds, %si\nint $0x40\n.code32\n.popsection\n");

static void describe_all(void) {
    set_descriptor(OTHER, (uint32_t)&other, sizeof other - 1, SYSTEM_TSS | ACCESS_DPL(3), 0);
    set_descriptor(NARROW, (uint32_t)&narrow, sizeof narrow - 1, TSS_16 | ACCESS_DPL(3), 0);
    gdt[TO_OTHER >> 3][0] = OTHER << 16;
    gdt[TO_OTHER >> 3][1] = (TASK_GATE | ACCESS_DPL(3)) << 8;
    set_flat(READ_ONLY, 0x90);
    set_flat(EXECUTE_ONLY, 0x98);
    set_flat(ABSENT_CODE, ABSENT(CODE));
    set_flat(ABSENT_DATA, ABSENT(DATA));
}

static void prepare_task(uint32_t ring, const char *code) {
    const uint32_t data = ring_data(ring);
    other = (struct task){
        .stacks = {tss.esp[0].esp, tss.esp[0].ss, tss.esp[1].esp, tss.esp[1].ss, tss.esp[2].esp, tss.esp[2].ss}, .cr3 = root,
        .eip = (uint32_t)code, .eflags = 2, .eax = 0x0A, .ecx = 0x0C, .edx = 0x0D, .ebx = 0x0B, .esp = ring_stack(ring) - 0x80, .ebp = 0x0E, .esi = 0x51, .edi = 0xD1,
        .es = data, .cs = ring_code(ring), .ss = data, .ds = data, .fs = 0, .gs = data, .ldt = SELECTOR_LDT, .io_map_base = sizeof other,
    };
    describe_all();
}

// Saved state of the old task, link and NT of the new one, who is busy, TS; then the monitor's task is the present one again.
static void show(void) {
    uint32_t old[18];
    for (uint32_t at = 0; at < 18; at++) old[at] = tss.unused[at];
    uint16_t present;
    __asm__ volatile("str %0" : "=r"(present));
    print(" tr=");
    print_hex(present, 4);
    field("ts", read_cr0() & CR0_TS, 1);
    field("busy", (gdt[SELECTOR_TSS >> 3][1] >> 8 & 15) << 8 | (gdt[OTHER >> 3][1] >> 8 & 15) << 4 | (gdt[NARROW >> 3][1] >> 8 & 15), 3);
    field("link", other.link & 0xFFFF, 4);
    if (present != SELECTOR_TSS) {
        print(" saved ip=+");
        print_hex(old[1] - probe.eip, 2);
        field("fl", old[2] & ~RF, 6);
        field("ecx", old[4], 8);
        field("sp", ring_stack(probe.ring) - old[7], 4);
        field("cs", old[12] & 0xFFFF, 4);
        field("ss", old[13] & 0xFFFF, 4);
        field("ds", old[14] & 0xFFFF, 4);
    }
    print("\n");
    write_cr0(read_cr0() & ~CR0_TS);
    gdt[SELECTOR_TSS >> 3][1] &= ~0x200u;
    load_tr(SELECTOR_TSS);
    load_ldtr(SELECTOR_LDT);
    for (uint32_t at = 0; at < 18; at++) tss.unused[at] = 0;
    tss.unused[0] = root;
    tss.unused[17] = SELECTOR_LDT;
    tss.link = 0;
    for (uint32_t vector = 0; vector < VECTORS; vector++) reset_gate(vector);
}

static void run(const char *title, uint32_t ring, const char *code, uint32_t selector) {
    probe_prepare(ring, code);
    probe.ecx = selector;
    probe.resume = RESUME(1);
    probe_run(title);
    show();
}

static void to_every_task(void) {
    for (uint32_t ring = 0; ring < 4; ring += 3) {
        for (uint32_t to = 0; to < 4; to += 3) {
            field("to", to, 1);
            print("\n");
            prepare_task(to, task_body);
            run("JMP TSS", ring, far_jump, OTHER);
            prepare_task(to, task_body);
            run("CALL TSS", ring, far_call, OTHER);
            prepare_task(to, task_body);
            run("JMP task gate", ring, far_jump, TO_OTHER);
            prepare_task(to, task_body);
            run("CALL task gate", ring, far_call, TO_OTHER);
            prepare_task(to, task_body);
            set_gate(0x30, OTHER, 0, TASK_GATE | ACCESS_DPL(3));
            run("INT n task gate", ring, int_30, 0);
            prepare_task(to, task_body);
            set_gate(6, OTHER, 0, TASK_GATE);
            run("#UD task gate", ring, ud_ud2, 0);
            prepare_task(to, task_takes_code);
            set_gate(13, OTHER, 0, TASK_GATE);
            run("#GP task gate", ring, load_bad, 0);
            prepare_task(to, task_returns);
            run("CALL TSS and back", ring, far_call, OTHER);
            prepare_task(to, task_returns);
            set_gate(0x30, OTHER, 0, TASK_GATE | ACCESS_DPL(3));
            run("INT n task gate and back", ring, int_30, 0);
            prepare_task(to, task_body);
            other.eflags = TF | 2;
            run("JMP TSS with TF", ring, far_jump, OTHER);
        }
    }
}

// What is refused in the context of the old task.
static void refused(void) {
    for (uint32_t ring = 0; ring < 4; ring += 3) {
        static const struct {
            const char *name;
            uint32_t access, limit;
        } bad[] = {
            {"absent", ABSENT(SYSTEM_TSS | ACCESS_DPL(3)), sizeof other - 1}, {"busy", 0x8B | ACCESS_DPL(3), sizeof other - 1}, {"short", SYSTEM_TSS | ACCESS_DPL(3), 0x66},
            {"DPL 0", SYSTEM_TSS, sizeof other - 1}, {"DPL 2", SYSTEM_TSS | ACCESS_DPL(2), sizeof other - 1}, {"LDT", SYSTEM_LDT | ACCESS_DPL(3), sizeof other - 1},
            {"type 8", 0x88 | ACCESS_DPL(3), sizeof other - 1}, {"interrupt gate", 0xEE, sizeof other - 1},
        };
        for (uint32_t at = 0; at < COUNT(bad); at++) {
            print(bad[at].name);
            print("\n");
            prepare_task(0, task_body);
            set_descriptor(OTHER, (uint32_t)&other, bad[at].limit, bad[at].access, 0);
            run("JMP TSS", ring, far_jump, OTHER);
            run("CALL TSS", ring, far_call, OTHER);
            run("CALL TSS, RPL 3", ring, far_call, OTHER | 3);
            run("JMP task gate", ring, far_jump, TO_OTHER);
            set_gate(0x30, OTHER, 0, TASK_GATE | ACCESS_DPL(3));
            run("INT n task gate", ring, int_30, 0);
            set_gate(6, OTHER, 0, TASK_GATE);
            run("#UD task gate", ring, ud_ud2, 0);
        }
        static const uint32_t selectors[] = {0, SELECTOR_BEYOND, SELECTOR_LOCAL_FREE, 0x4C, SELECTOR_DATA, SELECTOR_LOCAL_DATA};
        for (uint32_t at = 0; at < COUNT(selectors); at++) {
            prepare_task(0, task_body);
            field("selector", selectors[at], 4);
            print("\n");
            gdt[TO_OTHER >> 3][0] = selectors[at] << 16;
            run("JMP task gate", ring, far_jump, TO_OTHER);
            set_gate(0x30, selectors[at], 0, TASK_GATE | ACCESS_DPL(3));
            run("INT n task gate", ring, int_30, 0);
            tss.link = selectors[at];
            probe_prepare(ring, plain_iret);
            probe.eflags = NT | 2;
            probe_run("IRET with NT");
            show();
        }
        prepare_task(0, task_body);
        gdt[TO_OTHER >> 3][1] = ABSENT(TASK_GATE | ACCESS_DPL(3)) << 8;
        run("JMP absent task gate", ring, far_jump, TO_OTHER);
        gdt[TO_OTHER >> 3][1] = TASK_GATE << 8;
        run("JMP task gate of DPL 0", ring, far_jump, TO_OTHER);
        set_gate(0x30, OTHER, 0, ABSENT(TASK_GATE | ACCESS_DPL(3)));
        run("INT n absent task gate", ring, int_30, 0);
        set_gate(0x30, OTHER, 0, TASK_GATE);
        prepare_task(0, task_body);
        run("INT n task gate of DPL 0", ring, int_30, 0);
        prepare_task(0, task_body);
        tss.link = OTHER;
        probe_prepare(ring, plain_iret);
        probe.eflags = NT | 2;
        probe_run("IRET with NT to an available task");
        show();
    }
}

// Exceptions 10 to 13 get tasks of their own, for the task that raises them may have no stack: EDI tells the vector, EBX the error code.
static void catch_by_task(void) {
    for (uint32_t at = 0; at < 4; at++) {
        catchers[at] = other;
        catchers[at].eip = (uint32_t)task_takes_code;
        catchers[at].cs = SELECTOR_CODE;
        catchers[at].es = catchers[at].ss = catchers[at].ds = catchers[at].gs = SELECTOR_DATA;
        catchers[at].esp = ring_stack(1) - 0x100;
        catchers[at].edi = 10 + at;
        catchers[at].ldt = SELECTOR_LDT;
        set_descriptor(CATCHER + 8 * at, (uint32_t)&catchers[at], sizeof catchers[at] - 1, SYSTEM_TSS, 0);
        set_gate(10 + at, CATCHER + 8 * at, 0, TASK_GATE);
    }
}

// What the new task's own state makes it raise.
static void bad_state(void) {
    static const struct {
        const char *name;
        uint32_t cs, ss, ds, ldt;
    } states[] = {
        {"null CS", 0, 0x10, 0x10, 0}, {"CS beyond", SELECTOR_BEYOND, 0x10, 0x10, 0}, {"CS data", 0x10, 0x10, 0x10, 0}, {"CS of ring 1", 0x18, 0x10, 0x10, 0},
        {"CS asks ring 3", 0x0B, 0x10, 0x10, 0}, {"CS absent", ABSENT_CODE, 0x10, 0x10, 0},
        {"null SS", 8, 0, 0x10, 0}, {"SS beyond", 8, SELECTOR_BEYOND, 0x10, 0}, {"SS code", 8, 8, 0x10, 0}, {"SS read-only", 8, READ_ONLY, 0x10, 0},
        {"SS of ring 1", 8, 0x20, 0x10, 0}, {"SS asks ring 1", 8, 0x11, 0x10, 0},
        {"DS beyond", 8, 0x10, SELECTOR_BEYOND, 0}, {"DS execute-only", 8, 0x10, EXECUTE_ONLY, 0}, {"DS absent", 8, 0x10, ABSENT_DATA, 0}, {"DS system", 8, 0x10, SELECTOR_LDT, 0},
        {"null DS", 8, 0x10, 3, 0}, {"DS of ring 0 in ring 3", 0x3B, 0x43, 0x10, 0},
        {"LDT beyond", 8, 0x10, 0x10, SELECTOR_BEYOND}, {"LDT data", 8, 0x10, 0x10, 0x10}, {"LDT local", 8, 0x10, 0x10, SELECTOR_LDT | LOCAL},
        {"null LDT", 8, 0x10, 0x10, 3},
    };
    for (uint32_t at = 0; at < COUNT(states); at++) {
        for (uint32_t how = 1; how < 3; how++) {
            print(states[at].name);
            print("\n");
            prepare_task(0, task_body);
            catch_by_task();
            other.cs = states[at].cs;
            other.ss = states[at].ss;
            other.ds = other.es = other.gs = states[at].ds;
            other.ldt = states[at].ldt;
            if (how == 2) set_gate(6, OTHER, 0, TASK_GATE);
            if (how == 1) run("CALL TSS", 3, far_call, OTHER);
            else run("#UD task gate", 3, ud_ud2, 0);
            print(" stopped with");
            field("cs", other.cs & 0xFFFF, 4);
            field("ss", other.ss & 0xFFFF, 4);
            field("ds", other.ds & 0xFFFF, 4);
            field("ldt", other.ldt & 0xFFFF, 4);
            field("fl", other.eflags & ~RF, 6);
            print("\n");
        }
    }
}

static void narrow_tasks(void) {
    for (uint32_t ring = 0; ring < 4; ring += 3) {
        prepare_task(0, task_body);
        set_descriptor(BAD, (uint32_t)probe_text_start, 0xFFFF, CODE | ACCESS_DPL(3), 0);
        set_descriptor(GATE, (uint32_t)ring_stack(3) - 0x1000, 0xFFFF, DATA | ACCESS_DPL(3), 0);
        narrow = (struct narrow_task){
            .stacks = {0x9000, SELECTOR_DATA, 0, 0, 0, 0}, .ip = (uint32_t)(narrow_body - probe_text_start), .flags = 0x0883, .ax = 0x0A, .cx = 0x0C, .dx = 0x0D, .bx = 0x0B,
            .sp = 0x900, .bp = 0x0E, .si = 0x51, .di = 0xD1, .es = 0x43, .cs = BAD | 3, .ss = GATE | 3, .ds = 0x43, .ldt = SELECTOR_LDT,
        };
        run("JMP 16-bit TSS", ring, far_jump, NARROW);
        prepare_task(0, task_body);
        set_descriptor(BAD, (uint32_t)probe_text_start, 0xFFFF, CODE | ACCESS_DPL(3), 0);
        set_descriptor(GATE, (uint32_t)ring_stack(3) - 0x1000, 0xFFFF, DATA | ACCESS_DPL(3), 0);
        run("CALL 16-bit TSS", ring, far_call, NARROW);
        field("link", narrow.link, 4);
        print("\n");
        set_descriptor(NARROW, (uint32_t)&narrow, sizeof narrow - 2, TSS_16 | ACCESS_DPL(3), 0);
        run("JMP short 16-bit TSS", ring, far_jump, NARROW);
    }
}

static void set_call_gate(uint32_t selector, const char *target, uint32_t access, uint32_t parameters) {
    gdt[GATE >> 3][0] = selector << 16 | ((uint32_t)target & 0xFFFF);
    gdt[GATE >> 3][1] = ((uint32_t)target & 0xFFFF0000) | access << 8 | parameters;
}

static void through_call_gates(void) {
    describe_all();
    for (uint32_t ring = 0; ring < 4; ring += 1 + (ring == 1)) {                   // 0, 1 and 3
        for (uint32_t to = 0; to < 4; to++) {
            field("to", to, 1);
            print("\n");
            set_call_gate(ring_code(to) & ~3, gate_target, CALL_GATE | ACCESS_DPL(3), 2);
            run("CALL gate", ring, call_with_parameters, GATE);
            run("JMP gate", ring, far_jump, GATE);
            set_call_gate(ring_code(to) & ~3, gate_returns_12, CALL_GATE | ACCESS_DPL(3), 3);
            if (to <= ring) run("CALL gate and back", ring, call_with_parameters, GATE | 3);
            set_call_gate(ring_code(to) & ~3, gate_returns, CALL_GATE | ACCESS_DPL(3), 0);
            if (to <= ring) run("CALL gate and back without parameters", ring, far_call, GATE);
        }
        set_call_gate(SELECTOR_CONFORMING, gate_target, CALL_GATE | ACCESS_DPL(3), 2);
        run("CALL gate to conforming code", ring, call_with_parameters, GATE);
        run("JMP gate to conforming code", ring, far_jump, GATE);
        for (uint32_t dpl = 0; dpl < 4; dpl++) {
            set_call_gate(SELECTOR_CODE, gate_target, CALL_GATE | ACCESS_DPL(dpl), 0);
            field("gate DPL", dpl, 1);
            print("\n");
            run("CALL gate", ring, far_call, GATE);
            run("CALL gate, RPL 3", ring, far_call, GATE | 3);
        }
        static const uint32_t targets[] = {0, SELECTOR_BEYOND, SELECTOR_DATA, SELECTOR_TSS, ABSENT_CODE, SELECTOR_LOCAL_FREE, EXECUTE_ONLY};
        for (uint32_t at = 0; at < COUNT(targets); at++) {
            set_call_gate(targets[at], gate_target, CALL_GATE | ACCESS_DPL(3), 0);
            field("target", targets[at], 4);
            print("\n");
            run("CALL gate", ring, far_call, GATE);
            run("JMP gate", ring, far_jump, GATE);
        }
        set_call_gate(SELECTOR_CODE, gate_target, ABSENT(CALL_GATE | ACCESS_DPL(3)), 0);
        run("CALL absent gate", ring, far_call, GATE);
        set_descriptor(BAD, (uint32_t)probe_text_start, 0xFFFF, CODE, 0x40);
        set_call_gate(BAD, (const char *)(gate_16_target - probe_text_start), CALL_GATE_16 | ACCESS_DPL(3), 3);
        run("CALL 16-bit gate", ring, call_with_parameters, GATE);
    }
}

// Real-mode addresses reach 1 MiB: the code runs from a copy below.
static void virtual_task(void) {
    uint8_t *copy = (uint8_t *)0x6030;
    for (uint32_t at = 0; at < 64; at++) copy[at] = ((const uint8_t *)virtual_body)[at];
    prepare_task(0, task_body);
    other.eflags = VM | IOPL3 | 2;
    other.cs = 0x603;
    other.eip = 0;
    other.ss = 0x2000;
    other.esp = 0x100;
    other.ds = 0x1234;
    other.es = other.fs = other.gs = 0x4321;
    run("JMP TSS of virtual-8086 mode", 0, far_jump, OTHER);
}

int main(void) {
    paging_init();
    __asm__ volatile("movl %%cr3, %0" : "=r"(root));
    far_pointer[0] = 0x77777777;
    tss.unused[0] = root;
    tss.unused[17] = SELECTOR_LDT;
    to_every_task();
    refused();
    bad_state();
    narrow_tasks();
    through_call_gates();
    virtual_task();
    return 0;
}
