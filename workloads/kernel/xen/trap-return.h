// How an assembly routine leaves a trap, with the processor's frame on top of the stack: by IRET, which ring 1 may execute, after the
// events have been unmasked if the interrupted code had them so. Between the test for a pending event and IRET one may still come;
// trap-callback.S drops that frame, whose registers are already those of the frame below. Why SS: DS is the program's by now.
#include "interface.h"

#define FRAME_FLAG_IF 9(%esp)                   /* second byte of EFLAGS */
#define FLAG_IF 2

#define RETURN_FROM_TRAP \
    testb $FLAG_IF, FRAME_FLAG_IF; \
    setz %ss:shared_info + UPCALL_MASK; \
    .globl trap_return_critical, trap_return_critical_end; \
trap_return_critical: \
    cmpw $1, %ss:shared_info + UPCALL_PENDING;  /* pending and not masked */ \
    jne 1f; \
    movb $1, %ss:shared_info + UPCALL_MASK; \
    jmp hypercall_page + HYPERCALL_IRET * HYPERCALL_SLOT_BYTES; \
1:  iret; \
trap_return_critical_end:
