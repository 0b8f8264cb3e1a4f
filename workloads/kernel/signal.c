// Exceptions handed to the program that caused them. Handlers may nest, as with SA_NODEFER of Unix, until the stack ends.
#include "signal.h"
#include "paravirt.h"
#include "process.h"
#include <stddef.h>

// CF, PF, AF, ZF, SF, DF and OF are the program's own (SDM vol. 1, 3.4.3 EFLAGS Register); IF is always set in ring 3.
#define FLAGS_OF_PROGRAM 0xCD5u
#define FLAGS_ALWAYS 0x202u

bool signal_deliver(struct trap_frame *frame) {
    uint32_t address = frame->vector == VECTOR_PAGE_FAULT ? page_fault_address() : 0;
    struct signal_frame *signal = (struct signal_frame *)(frame->esp - sizeof *signal);
    const struct signal_action *action = &current->signal;
    if (!action->handler || !address_space_allows(&current->space, signal, sizeof *signal, true)) return false;
    *signal = (struct signal_frame){
        .return_address = action->return_address, .self = signal,
        .vector = frame->vector, .error = frame->error, .address = address,
        .edi = frame->edi, .esi = frame->esi, .ebp = frame->ebp, .ebx = frame->ebx, .edx = frame->edx, .ecx = frame->ecx,
        .eax = frame->eax, .eip = frame->eip, .eflags = frame->eflags, .esp = frame->esp,
    };
    frame->eip = action->handler;
    frame->eflags = FLAGS_ALWAYS;
    frame->esp = (uint32_t)signal;
    return true;
}

bool signal_return(struct trap_frame *frame) {
    // The handler's RET has taken the return address.
    const struct signal_frame *signal = (const struct signal_frame *)(frame->esp - offsetof(struct signal_frame, self));
    if (!address_space_allows(&current->space, signal, sizeof *signal, false)) return false;
    frame->edi = signal->edi;
    frame->esi = signal->esi;
    frame->ebp = signal->ebp;
    frame->ebx = signal->ebx;
    frame->edx = signal->edx;
    frame->ecx = signal->ecx;
    frame->eax = signal->eax;
    frame->eip = signal->eip;
    frame->eflags = (signal->eflags & FLAGS_OF_PROGRAM) | FLAGS_ALWAYS;
    frame->esp = signal->esp;
    return true;
}
