// Panic: the last words of a kernel that met what must not happen.
#include "panic.h"
#include "console.h"
#include "paravirt.h"
#include "power.h"
#include "text.h"

static void print_register(const char *name, uint32_t value) {
    char line[32];
    text_append_hexadecimal(text_append(text_append(line, name), "="), value);
    console_print(line);
}

static void print_frame(const struct trap_frame *frame) {
    const struct { const char *name; uint32_t value; } rows[] = {
        {"\nvector", frame->vector}, {" error", frame->error}, {" cr2", page_fault_address()}, {" cr3", loaded_directory()},
        {"\neip", frame->eip}, {" cs", frame->cs}, {" eflags", frame->eflags}, {" esp", (uint32_t)&frame->esp},
        {"\neax", frame->eax}, {" ebx", frame->ebx}, {" ecx", frame->ecx}, {" edx", frame->edx},
        {"\nesi", frame->esi}, {" edi", frame->edi}, {" ebp", frame->ebp}, {" ds", frame->ds},
    };
    for (unsigned row = 0; row < sizeof rows / sizeof rows[0]; row++) print_register(rows[row].name, rows[row].value);
}

void panic(const char *reason, const struct trap_frame *frame) {
    interrupts_disable();
    console_print("panic: ");
    console_print(reason);
    if (frame) print_frame(frame);
    console_print("\n");
    power_off(EXIT_PANIC);
}
