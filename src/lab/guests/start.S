// Start-up of a guest without paging: Multiboot header, flat segments, a task state segment, a stack, and main.
        .text
        .align 4
        .long 0x1badb002, 0, -0x1badb002
        .globl _start
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
        lidt idt_pointer
        push %ebx
        call main
2:      hlt
        jmp 2b

        .data
        .align 8
        .globl gdt, idt, idt_pointer
gdt:    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff
gdt_pointer:
        .word . - gdt - 1
        .long gdt
idt_pointer:
        .word 256*8-1
        .long idt
        .bss
        .align 4096
idt:    .skip 256*8
        .align 4096
        .skip 8192
stack_top:
