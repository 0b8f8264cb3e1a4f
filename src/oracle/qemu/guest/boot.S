# From the Multiboot loader to main(), the way into a probe and back, and the entries of all interrupt vectors.
# Intel SDM vol. 3A, 6.12.1 Exception- or Interrupt-Handler Procedures.
#include "probe.h"

    .section .multiboot, "a"
    .align 4
    .long 0x1BADB002, 0, -0x1BADB002            # magic, flags, checksum

    .text
    .globl start, enter_probe, leave_probe, entries, inner_entry
start:
    cld
    movl $monitor_stack_top, %esp
    pushl $2
    popfl
    call tables_init
    call main
    movb $0, %al
    outb %al, $0xF4
stop:
    hlt
    jmp stop

# void enter_probe(const struct probe *): returns when leave_probe is called.
enter_probe:
    pushl %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    pushfl
    movl %esp, monitor_esp
    movl 24(%esp), %ebp
    cmpl $0, PROBE_RING(%ebp)
    je same_ring
    pushl PROBE_SS(%ebp)
    pushl PROBE_ESP(%ebp)
    jmp push_target
same_ring:
    movl PROBE_ESP(%ebp), %esp
push_target:
    pushl PROBE_EFLAGS(%ebp)
    pushl PROBE_CS(%ebp)
    pushl PROBE_EIP(%ebp)
    pushl PROBE_EBP(%ebp)
    movl PROBE_EBX(%ebp), %ebx
    movl PROBE_ECX(%ebp), %ecx
    movl PROBE_EDX(%ebp), %edx
    movl PROBE_ESI(%ebp), %esi
    movl PROBE_EDI(%ebp), %edi
    movw PROBE_ES(%ebp), %es
    movw PROBE_FS(%ebp), %fs
    movw PROBE_GS(%ebp), %gs
    movw PROBE_DS(%ebp), %ds
    movl PROBE_EAX(%ebp), %eax
    popl %ebp
    iret

leave_probe:
    movl $SELECTOR_DATA, %eax
    movl %eax, %ss
    movl %ss:monitor_esp, %esp
    movl %eax, %ds
    movl %eax, %es
    popfl
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret

# What runs in ring 1 and 2 when a gate leads there: it reports to ring 0.
inner_entry:
    int $VECTOR_INNER

    .align 16
entries:
    .set vector, 0
    .rept VECTORS
    .align 16
    .if (vector != 8) && ((vector < 10) || (vector > 14)) && (vector != 17)
    pushl $0
    .endif
    pushl $vector
    jmp common
    .set vector, vector + 1
    .endr

common:
    pushal
    pushl %ds
    pushl %es
    pushl %fs
    pushl %gs
    pushfl
    movl $SELECTOR_DATA, %eax
    movl %eax, %ds
    movl %eax, %es
    cld
    pushl %esp
    call on_event
    addl $8, %esp
    popl %gs
    popl %fs
    popl %es
    popl %ds
    popal
    addl $8, %esp
    iret

    .bss
    .align 16
monitor_esp:
    .skip 16
    .skip 16384
monitor_stack_top:
