# Where Xen calls the kernel by itself: when events are pending, and when it could not load a segment register of the guest's.
#include "trap-return.h"

#define VECTOR_EVENTS 32
#define VECTOR_GENERAL_PROTECTION 13
#define EIP (%esp)
#define CS 4(%esp)
#define RING_OF_PROGRAM 2

    .text
    .globl event_callback, failsafe_callback
event_callback:
    testb $RING_OF_PROGRAM, CS
    jnz enter
    cmpl $trap_return_critical, EIP
    jb enter
    cmpl $trap_return_critical_end, EIP
    jae enter
    addl $12, %esp                              # go on from the frame that was about to be left: EIP, CS and EFLAGS go
enter:
    pushl $0
    pushl $VECTOR_EVENTS
    jmp trap_entry

# DS, ES, FS and GS as they were lie on top.
failsafe_callback:
    addl $16, %esp
    pushl $0
    pushl $VECTOR_GENERAL_PROTECTION
    jmp trap_entry
