// Running probes and logging what happens.
#include "probe.h"
#include "console.h"
#include "instruction.h"
#include "tables.h"

#define STACK_BYTES 4096
#define MOST_EVENTS 64

// What an entry of boot.S leaves on the stack.
struct event {
    uint32_t handler_eflags, gs, fs, es, ds;
    uint32_t edi, esi, ebp, esp_at_push, ebx, edx, ecx, eax;
    uint32_t vector, error, eip, cs, eflags;
    uint32_t esp, ss;                           // only when the stack was switched
};

struct probe probe;
struct outcome outcome;
void (*on_interrupt)(uint32_t vector);
static uint8_t stacks[5][STACK_BYTES] __attribute__((aligned(4096)));
static uint32_t events;

uint32_t ring_stack(uint32_t ring) { return (uint32_t)stacks[ring] + STACK_BYTES - 64; }
static uint32_t handler_stack(void) { return (uint32_t)stacks[4] + STACK_BYTES; }

void probe_prepare(uint32_t ring, const char *code) {
    const uint32_t data = ring_data(ring);
    probe = (struct probe){
        .ring = ring, .eip = (uint32_t)code, .cs = ring_code(ring), .eflags = 2, .esp = ring_stack(ring), .ss = data,
        .eax = 0xA0A0A0A0, .ebx = 0xB0B0B0B0, .ecx = 0xC0C0C0C0, .edx = 0xD0D0D0D0, .esi = 0x51515151, .edi = 0xD1D1D1D1, .ebp = 0xB9B9B9B9,
        .ds = data, .es = data, .fs = data, .gs = data,
    };
}

void probe_run(const char *title) {
    if (!probe.quiet) {
        print(title);
        print(" @");
        print_hex(probe.ring, 1);
        print("\n");
    }
    events = 0;
    tss.esp[0].esp = handler_stack();
    enter_probe(&probe);
}

void probe_at(const char *title, uint32_t ring, const char *code) {
    probe_prepare(ring, code);
    probe_run(title);
}

static void print_address(uint32_t eip) {
    if (eip - probe.eip < 0x100) {
        print(" ip=+");
        print_hex(eip - probe.eip, 2);
    } else {
        field("ip", eip, 8);
    }
}

// The stack as the interrupted code had it, from that ring's top; for the same ring, as it is after the pushes.
static void print_stack(const struct event *event) {
    const uint32_t from = event->cs & 3;
    if (from == 0) {
        field("sp", (ring_stack(0) - (uint32_t)&event->error) & 0xFFFF, 4);
        return;
    }
    field("ss", event->ss & 0xFFFF, 4);
    if (ring_stack(from) - event->esp < STACK_BYTES) field("sp", ring_stack(from) - event->esp, 4);
    else field("esp", event->esp, 8);
    field("pushed", handler_stack() - (uint32_t)&event->error, 2);
}

static int has_error(uint32_t vector) { return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17; }

static void print_event(const struct event *event) {
    print("  v");
    print_hex(event->vector, 2);
    if (has_error(event->vector)) field("e", event->error, 4);
    print_address(event->eip);
    field("cs", event->cs & 0xFFFF, 4);
    field("fl", event->eflags, 6);
    field("h", event->handler_eflags & 0x14300, 5);
    print_stack(event);
    if (event->vector == 14) field("cr2", read_cr2(), 8);
    print("\n");
}

static void changed(const char *name, uint32_t was, uint32_t is) {
    if (was != is) field(name, is, 8);
}

static void print_end(const struct event *event) {
    print("  end");
    print_address(event->eip);
    field("cs", event->cs & 0xFFFF, 4);
    field("fl", event->eflags, 6);
    print_stack(event);
    changed("eax", probe.eax, event->eax);
    changed("ebx", probe.ebx, event->ebx);
    changed("ecx", probe.ecx, event->ecx);
    changed("edx", probe.edx, event->edx);
    changed("esi", probe.esi, event->esi);
    changed("edi", probe.edi, event->edi);
    changed("ebp", probe.ebp, event->ebp);
    print("\n");
}

// A gate led to ring 1 or 2: shows that ring's stack as the delivery left it.
static void print_inner(const struct event *event) {
    const uint32_t *words = (const uint32_t *)event->esp;
    print("  inner");
    field("cs", event->cs & 0xFFFF, 4);
    field("fl", event->eflags, 6);
    field("ss", event->ss & 0xFFFF, 4);
    field("pushed", ring_stack(event->cs & 3) - event->esp, 2);
    print(" frame");
    for (uint32_t at = 0; at < (ring_stack(event->cs & 3) - event->esp) / 4 && at < 8; at++) {
        const uint32_t word = words[at];
        print(" ");
        if (word - probe.eip < 0x100) {
            print("+");
            print_hex(word - probe.eip, 2);
        } else if (word - (uint32_t)stacks < sizeof stacks) {
            print("stack");
        } else {
            print_hex(word, 6);
        }
    }
    print("\n");
}

static int goes_on(const struct event *event) {
    if (event->vector == VECTOR_END || event->vector == VECTOR_INNER || ++events >= MOST_EVENTS) return 0;
    return event->vector >= 0x20 || (probe.resume >> event->vector & 1);
}

void on_event(struct event *event) {
    outcome = (struct outcome){
        event->vector, event->error, event->eip, event->eflags, event->eax, event->ebx, event->ecx, event->edx, event->esi, event->edi,
    };
    if (!probe.quiet) {
        if (event->vector == VECTOR_END) print_end(event);
        else if (event->vector == VECTOR_INNER) print_inner(event);
        else print_event(event);
    }
    if ((event->cs & 3) == 0 && event->eip >= (uint32_t)image_start && event->eip < (uint32_t)probe_text_start) {
        print("the monitor itself faulted\n");
        finish(1);
    }
    if (event->vector >= 0x20 && event->vector < 0x30 && on_interrupt) on_interrupt(event->vector);
    if (!goes_on(event)) leave_probe();
}
