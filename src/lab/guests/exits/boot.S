// The exits guest, its machine: Multiboot header, segments, gates, handlers that step over what faulted, and the way to ring 3
// and back. What is measured stands in operations.S.
        .text
        .align 4
        .long 0x1badb002, 0, -0x1badb002
        .globl _start, run_user
_start: cld
        mov $stack_top, %esp
        lgdt gdt_pointer
        ljmp $0x08, $1f
1:      mov $0x10, %eax
        mov %eax, %ds
        mov %eax, %es
        mov %eax, %ss
        mov %eax, %fs
        mov %eax, %gs
        mov $tss, %eax
        mov %ax, gdt+0x2a
        shr $16, %eax
        mov %al, gdt+0x2c
        mov %ah, gdt+0x2f
        mov $0x28, %eax
        ltr %ax
        mov $stack_top - 4096, %eax
        mov %eax, tss_esp0
        mov $undefined_opcode, %eax
        mov $idt+6*8, %edi
        call gate
        mov $general_protection, %eax
        mov $idt+13*8, %edi
        call gate
        mov $timer, %eax
        mov $idt+0x20*8, %edi
        call gate
        mov $system_call, %eax
        mov $idt+0x80*8, %edi
        call gate
        mov $from_user, %eax
        mov $idt+0x81*8, %edi
        call gate
        movb $0xee, idt+0x80*8+5
        movb $0xee, idt+0x81*8+5
        lidt idt_pointer
        push %ebx
        call main
2:      hlt
        jmp 2b
gate:   mov %ax, (%edi)
        movw $0x08, 2(%edi)
        movb $0, 4(%edi)
        movb $0x8e, 5(%edi)
        shr $16, %eax
        mov %ax, 6(%edi)
        ret

// void run_user(void (*operation)(unsigned), unsigned count)
run_user:
        push %ebp
        push %ebx
        push %esi
        push %edi
        mov %esp, saved_esp
        mov 20(%esp), %eax
        mov 24(%esp), %edx
        mov %edx, user_stack_top - 4
        movl $leave_user, user_stack_top - 8
        push $0x23
        push $user_stack_top - 8
        push $0x2
        push $0x1b
        push %eax
        mov $0x23, %esi
        mov %esi, %ds
        mov %esi, %es
        iret
leave_user:
        int $0x81
from_user:
        mov $0x10, %esi
        mov %esi, %ds
        mov %esi, %es
        mov saved_esp, %esp
        pop %edi
        pop %esi
        pop %ebx
        pop %ebp
        ret

system_call:
        iret
undefined_opcode:
        addl $2, (%esp)
        iret
general_protection:
        add $4, %esp
        addl $2, (%esp)
        iret
timer:  push %eax
        mov $0x20, %al
        out %al, $0x20
        pop %eax
        iret

        .data
        .align 8
        .globl gdt_pointer, idt_pointer
gdt:    .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cffa000000ffff, 0x00cff2000000ffff, 0x0000890000000067
gdt_pointer:
        .word . - gdt - 1
        .long gdt
        .align 4
idt_pointer:
        .word 0x82*8-1
        .long idt
        .align 4
tss:    .long 0
tss_esp0:
        .long 0, 0x10
        .fill 23, 4, 0
saved_esp:
        .long 0
        .bss
        .align 4096
idt:    .skip 0x82*8
        .align 4096
        .skip 16384
stack_top:
        .skip 4096
user_stack_top:
