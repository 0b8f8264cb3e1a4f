// IRET, RETF, far JMP and far CALL: to every ring, with every fault their checks can raise.
// Intel SDM vol. 3A, 5.8 Privilege Level Checking When Transferring Program Control Between Code Segments; vol. 2, IRET, RET, JMP, CALL.
#include "probe.h"
#include "console.h"
#include "tables.h"

#define EVERY_FLAG 0x244CD5                     // ID, AC, NT, OF, DF, SF, ZF, AF, PF, CF: all but VM, RF, IOPL, IF and TF
#define ABSENT(access) ((access) & ~0x80)
#define READABLE 0x90                           // data, read-only
#define EXECUTE_ONLY 0x98
#define COUNT(table) (sizeof table / sizeof *table)

// Frame: EBX = EIP, ECX = CS, EDX = EFLAGS, ESI = ESP, EDI = SS. At the target the data segments go to EAX, ESI, EDI and EBP.
#define SEGMENTS_AT_TARGET "1: movl %ds, %eax\nmovl %es, %esi\nmovl %fs, %edi\nmovl %gs, %ebp\n"
PROBE(do_iret, "movl $1f, %ebx\npushl %edi\npushl %esi\npushl %edx\npushl %ecx\npushl %ebx\niret\n" SEGMENTS_AT_TARGET);
PROBE(do_retf, "movl $1f, %ebx\npushl %edi\npushl %esi\npushl %ecx\npushl %ebx\nlret\n" SEGMENTS_AT_TARGET);
PROBE(do_retf_8, "movl $1f, %ebx\npushl %edi\npushl %esi\npushl $0\npushl $0\npushl %ecx\npushl %ebx\nlret $8\n" SEGMENTS_AT_TARGET);
PROBE(do_jmp, "movl $1f, far_pointer\nmovw %cx, far_pointer + 4\nljmp *far_pointer\n1: movl %cs, %eax\nmovl %ss, %edx");
PROBE(do_call, "movl $1f, far_pointer\nmovw %cx, far_pointer + 4\nlcall *far_pointer\nnop\n1: movl %cs, %eax\npopl %edx\npopl %esi");
PROBE(do_call_and_return, "movl $1f, far_pointer\nmovw %cx, far_pointer + 4\nlcall *far_pointer\nmovl %cs, %eax\njmp 2f\n1: movl %cs, %edx\nlret\n2:");
PROBE(immediate_forms, "ljmp $0x5b, $1f\n1: movl %cs, %eax\nlcall $0x5b, $2f\n2: popl %edx\npopl %edx");

uint32_t far_pointer[2];

// Segments besides the flat ones of the four rings.
#define ABSENT_CODE (SELECTOR_FREE)
#define CONFORMING_3 (SELECTOR_FREE + 16)
#define CONFORMING_1 (SELECTOR_FREE + 24)
#define ABSENT_STACK (SELECTOR_FREE + 32)
#define READ_ONLY (SELECTOR_FREE + 40)
#define HIDDEN_CODE (SELECTOR_FREE + 48)
#define ABSENT_CONFORMING (SELECTOR_FREE + 56)

static void describe(uint32_t ring) {
    set_flat(ABSENT_CODE, ABSENT(CODE | ACCESS_DPL(ring)));
    set_flat(CONFORMING_3, CONFORMING | ACCESS_DPL(3));
    set_flat(CONFORMING_1, CONFORMING | ACCESS_DPL(1));
    set_flat(ABSENT_STACK, ABSENT(DATA | ACCESS_DPL(ring)));
    set_flat(READ_ONLY, READABLE | ACCESS_DPL(ring));
    set_flat(HIDDEN_CODE, EXECUTE_ONLY | ACCESS_DPL(ring));
    set_flat(ABSENT_CONFORMING, ABSENT(CONFORMING));
}

struct transfer {
    const char *title, *code;
};
static const struct transfer returns[] = {{"IRET", do_iret}, {"RETF", do_retf}, {"RETF 8", do_retf_8}};

static void return_to(const struct transfer *how, uint32_t from, uint32_t cs, uint32_t ss) {
    probe_prepare(from, how->code);
    probe.ecx = cs;
    probe.edx = 2;
    probe.esi = ring_stack(cs & 3) - 0x40;
    probe.edi = ss;
    print("cs=");
    print_hex(cs, 4);
    field("ss", ss, 4);
    print(" ");
    probe_run(how->title);
}

// Data segments of each kind: those more privileged than the ring returned to must become null.
static void drop_segments(const struct transfer *how) {
    for (uint32_t from = 0; from < 4; from++) {
        for (uint32_t to = from; to < 4; to++) {
            probe_prepare(from, how->code);
            probe.ecx = ring_code(to);
            probe.edx = 2;
            probe.esi = ring_stack(to);
            probe.edi = ring_data(to);
            probe.ds = ring_data(from);
            probe.es = ring_data(3);
            probe.fs = SELECTOR_CONFORMING | from;
            probe.gs = ring_code(from);
            field("to", to, 1);
            print(" ");
            probe_run(how->title);
            probe.ds = SELECTOR_LOCAL_DATA | from;
            probe.es = 0;
            probe.fs = ring_data(2) < ring_data(from) ? 3 : ring_data(2);
            probe.gs = CONFORMING_1 | from;
            probe_run(how->title);
        }
    }
}

static void bad_returns(const struct transfer *how, uint32_t from) {
    for (uint32_t to = from; to < 4; to++) {
        describe(to);
        const uint32_t codes[] = {
            0, 3, SELECTOR_BEYOND | to, SELECTOR_LOCAL_FREE | to, 0x3C | to, ring_data(to), SELECTOR_TSS | to, SELECTOR_LDT | to, SELECTOR_LOCAL_DATA | to,
            ring_code(to) ^ 1, ring_code(to ^ 1) | 3, ABSENT_CODE | to, HIDDEN_CODE | to, SELECTOR_CONFORMING | to, CONFORMING_3 | to,
            CONFORMING_1 | to, ABSENT_CONFORMING | to, ring_code(to) & ~3,
        };
        for (uint32_t at = 0; at < COUNT(codes); at++) return_to(how, from, codes[at], ring_data(codes[at] & 3));
        if (to == from) continue;
        const uint32_t stacks[] = {
            0, to, SELECTOR_BEYOND | to, 0x3C | to, ring_data(to) & ~3, ring_data(to ^ 1), (ring_data(to ^ 1) & ~3) | to, ring_code(to),
            READ_ONLY | to, ABSENT_STACK | to, SELECTOR_TSS | to, (SELECTOR_LOCAL_DATA & ~3) | to,
        };
        for (uint32_t at = 0; at < COUNT(stacks); at++) return_to(how, from, ring_code(to), stacks[at]);
    }
}

// Which bits of EFLAGS an IRET may change.
static void returned_flags(void) {
    for (uint32_t from = 0; from < 4; from++) {
        for (uint32_t iopl = 0; iopl < 4; iopl++) {
            for (uint32_t to = from; to < 4; to++) {
                probe_prepare(from, do_iret);
                probe.eflags = iopl << 12 | 2;
                    probe.ecx = ring_code(to);
                probe.edx = EVERY_FLAG | 0x3202;
                probe.esi = ring_stack(to);
                probe.edi = ring_data(to);
                field("iopl", iopl, 1);
                field("to", to, 1);
                print(" ");
                probe_run("IRET of every flag");
                probe.eflags = iopl << 12 | 0x202;
                probe.edx = 2;
                probe_run("IRET of no flag");
            }
        }
    }
}

static void direct_transfers(void) {
    static const struct transfer transfers[] = {{"far JMP", do_jmp}, {"far CALL", do_call}};
    for (uint32_t ring = 0; ring < 4; ring++) {
        describe(ring);
        for (uint32_t rpl = 0; rpl < 4; rpl++) {
            const uint32_t codes[] = {
                0, SELECTOR_BEYOND, SELECTOR_LOCAL_FREE, 0x10 + 0x10 * ring, 0x08, 0x18, 0x28, 0x38, SELECTOR_LDT, SELECTOR_LOCAL_DATA & ~3,
                SELECTOR_CONFORMING, CONFORMING_1, CONFORMING_3, ABSENT_CODE, ABSENT_CONFORMING, HIDDEN_CODE,
            };
            for (uint32_t at = 0; at < COUNT(codes); at++) {
                for (uint32_t how = 0; how < COUNT(transfers); how++) {
                    probe_prepare(ring, transfers[how].code);
                            probe.ecx = codes[at] | rpl;
                    print("cs=");
                    print_hex(probe.ecx, 4);
                    print(" ");
                    probe_run(transfers[how].title);
                }
            }
        }
        probe_prepare(ring, do_call_and_return);
        probe.ecx = SELECTOR_CONFORMING;
        probe_run("far CALL to conforming code and back");
        probe_prepare(ring, do_call_and_return);
        probe.ecx = ring_code(ring);
        probe_run("far CALL and back");
        probe_at("far JMP and CALL with immediate pointers", ring, immediate_forms);
    }
}

int main(void) {
    describe(0);
    for (uint32_t at = 0; at < COUNT(returns); at++) drop_segments(&returns[at]);
    returned_flags();
    for (uint32_t at = 0; at < COUNT(returns); at++) for (uint32_t from = 0; from < 4; from++) bad_returns(&returns[at], from);
    direct_transfers();
    return 0;
}
