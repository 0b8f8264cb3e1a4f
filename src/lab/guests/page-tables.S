// Start-up of the page-table guest: Multiboot header, descriptors, a page-fault handler in C, and a way to touch pages from ring 3.
        .text
        .align 4
        .long 0x1badb002, 0, -0x1badb002
        .globl _start, touch_as_user
_start: cld
        mov $stack_top, %esp
        lgdt gdt_pointer
        ljmp $0x08, $1f
1:      mov $0x10, %eax
        mov %eax, %ds
        mov %eax, %es
        mov %eax, %ss
        mov $tss, %eax
        mov %ax, gdt+0x2a
        shr $16, %eax
        mov %al, gdt+0x2c
        mov %ah, gdt+0x2f
        mov $0x28, %eax
        ltr %ax
        mov $page_fault, %eax
        mov $idt+14*8, %edi
        movb $0x8e, 5(%edi)
        call gate
        mov $from_user, %eax
        mov $idt+0x80*8, %edi
        movb $0xee, 5(%edi)
        call gate
        lidt idt_pointer
        push %ebx
        call main
2:      hlt
        jmp 2b
gate:   mov %ax, (%edi)
        movw $0x08, 2(%edi)
        shr $16, %eax
        mov %ax, 6(%edi)
        ret

page_fault:
        pusha
        mov %cr2, %eax
        push 32(%esp)
        push %eax
        call fault
        add $8, %esp
        popa
        add $4, %esp
        iret

// touch_as_user(address, pages, write): one access to each page, from ring 3.
        .align 256
touch_as_user:
        push %ebx
        push %esi
        push %edi
        mov 16(%esp), %ebx
        mov 20(%esp), %ecx
        mov 24(%esp), %edx
        mov %esp, saved_esp
        mov %esp, tss_esp0
        push $0x23
        push $user_stack_top
        push $0x2
        push $0x1b
        push $user_code
        mov $0x23, %eax
        mov %eax, %ds
        iret
user_code:
        test %ecx, %ecx
        jz 3f
        test %edx, %edx
        jz 4f
        mov %ecx, 16(%ebx)
        jmp 5f
4:      mov 16(%ebx), %eax
5:      add $4096, %ebx
        dec %ecx
        jmp user_code
3:      int $0x80
from_user:
        mov $0x10, %eax
        mov %eax, %ds
        mov %eax, %es
        mov saved_esp, %esp
        pop %edi
        pop %esi
        pop %ebx
        ret

        .data
        .align 4096
gdt:    .quad 0, 0x00cf9a000000ffff, 0x00cf92000000ffff, 0x00cffa000000ffff, 0x00cff2000000ffff, 0x0000890000000067
gdt_pointer:
        .word . - gdt - 1
        .long gdt
idt_pointer:
        .word 0x81*8-1
        .long idt
        .align 4
tss:    .long 0
tss_esp0:
        .long 0, 0x10
        .fill 23, 4, 0
saved_esp:
        .long 0
        .align 256
        .skip 512
user_stack_top:
        .align 8
idt:    .skip 0x81*8
        .skip 512
stack_top:
