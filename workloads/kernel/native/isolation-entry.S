# Where traps enter the kernel and leave it under page-table isolation: one load of CR3 on the way in, one on the way out, in pages that both
# directories map. A trap that comes from the kernel finds its directory in force and goes the common way.
#include "selector.h"

#define RING 3
#define FRAME_VECTOR 40
#define FRAME_CS 52
#define FRAME_BYTES 68
#define SYSTEM_CALL 0x80
#define ESP0 4

    .section .isolation, "ax"
    .globl isolated_entries, isolated_entry_system_call, isolated_leave
    .align 16
isolated_entries:
    .set vector, 0
    .rept 48
    .align 16
    .if (vector != 8) && ((vector < 10) || (vector > 14)) && (vector != 17)
    pushl $0
    .endif
    pushl $vector
    jmp isolated_entry
    .set vector, vector + 1
    .endr

    .align 16
isolated_entry_system_call:
    pushl $0
    pushl $SYSTEM_CALL
isolated_entry:
    pushal
    pushl %ds
    pushl %es
    testb $RING, FRAME_CS(%esp)
    jz trap_entry_saved
    movl FRAME_BYTES(%esp), %eax                # behind the frame: the kernel's directory
    movl %eax, %cr3
    movl $KERNEL_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    cld
    movl %esp, %esi
    movl task_state + ESP0, %edi                # the stack of the process
    subl $FRAME_BYTES, %edi
    movl %edi, %eax
    movl $FRAME_BYTES / 4, %ecx
    rep movsl
    movl %eax, %esp
    cmpl $SYSTEM_CALL, FRAME_VECTOR(%esp)
    jne dispatch
    sti                                         # not by a trap gate, for nothing may come while CR3 and stack are changed
dispatch:
    pushl %esp
    call trap_dispatch
    addl $4, %esp
isolated_leave:                                 # the stack pointer is at a frame from ring 3
    cli
    movl %esp, %esi
    movl isolation_frame, %edi
    movl $FRAME_BYTES / 4, %ecx
    rep movsl
    call isolation_leave
    movl isolation_frame, %esp
    movl %eax, %cr3
    popl %es
    popl %ds
    popal
    addl $8, %esp
    iret
