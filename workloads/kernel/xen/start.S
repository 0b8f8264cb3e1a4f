# From the domain builder to main(): paging is on, the kernel runs in ring 1 in the high half, ESI points to start_info.
    .text
    .globl start
start:
    cld
    movl %esi, start_info
    movl %esp, builder_stack
    movl $boot_stack_top, %esp
    xorl %ebp, %ebp
    call main

    .bss
    .align 4096
    .skip 4096
boot_stack_top:
    .globl start_info, builder_stack
start_info:
    .skip 4
builder_stack:
    .skip 4
