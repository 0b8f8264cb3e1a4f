# Where exceptions, interrupts and system calls enter the kernel and leave it (SDM vol. 3A, 6.12.1 Exception- or Interrupt-Handler
# Procedures). Every entry builds the same frame, declared in trap.h, and calls trap_dispatch with its address.
#include "selector.h"
#include "trap-return.h"

    .text
    .globl trap_entries, trap_entry_system_call, trap_entry, trap_entry_saved, trap_return, trap_leave, trap_return_to

# Exceptions 8, 10 to 14 and 17 push an error code; for the others a zero stands in its place.
    .align 16
trap_entries:
    .set vector, 0
    .rept 48
    .align 16
    .if (vector != 8) && ((vector < 10) || (vector > 14)) && (vector != 17)
    pushl $0
    .endif
    pushl $vector
    jmp trap_entry
    .set vector, vector + 1
    .endr

    .align 16
trap_entry_system_call:
    pushl $0
    pushl $0x80
trap_entry:
    pushal
    pushl %ds
    pushl %es
trap_entry_saved:
    movl $KERNEL_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    cld
    pushl %esp
    call trap_dispatch
    addl $4, %esp
trap_return:                                    # the stack pointer is at a frame
    popl %es
    popl %ds
    popal
    addl $8, %esp
    RETURN_FROM_TRAP

# void trap_return_to(struct trap_frame *frame)
trap_return_to:
    movl 4(%esp), %esp
    jmp *trap_leave

# How a process that begins goes to ring 3; a paravirt layer may have a way of its own.
    .data
    .align 4
trap_leave:
    .long trap_return
