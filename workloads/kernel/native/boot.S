# From the Multiboot loader (protected mode, paging off) to main() in the high half of the address space.
# Multiboot Specification 0.6.96, 3.1 to 3.3; Intel SDM vol. 3A, 4.3 32-Bit Paging and 9.8 Software Initialization for Protected-Mode Operation.
#include "layout.h"

#define PHYSICAL(symbol) (symbol - KERNEL_BASE)

    .section .multiboot, "a"
    .align 4
    .long 0x1BADB002                            # magic
    .long 2                                     # flags: tell the amount of memory
    .long -(0x1BADB002 + 2)                     # checksum: the three add up to zero

    .section .boot, "ax"
    .globl start
start:
    cld
    cmpl $0x2BADB002, %eax
    jne stop

# Why: the loader may have put its structures anywhere below 4 GiB; here every physical address can still be read.
    testl $1, (%ebx)                            # flags bit 0: mem_lower and mem_upper are valid
    jz copy_command_line
    movl 8(%ebx), %eax
    movl %eax, PHYSICAL(boot_memory_upper)
copy_command_line:
    testl $4, (%ebx)                            # flags bit 2: cmdline is valid
    jz map_first_4_mib
    movl 16(%ebx), %esi
    movl $PHYSICAL(boot_command_line), %edi
    movl $(COMMAND_LINE_BYTES - 1), %ecx
copy_letter:
    lodsb
    stosb
    testb %al, %al
    loopnz copy_letter

# One page table maps the first 4 MiB twice: where they are, until the jump below, and at KERNEL_BASE for good.
map_first_4_mib:
    movl $PHYSICAL(boot_page_table), %edi
    movl $3, %eax                               # present, writable
fill_entry:
    stosl
    addl $0x1000, %eax
    cmpl $0x400003, %eax
    jb fill_entry
    movl $(PHYSICAL(boot_page_table) + 3), %eax
    movl %eax, PHYSICAL(kernel_directory)
    movl %eax, PHYSICAL(kernel_directory) + (KERNEL_BASE >> 20)
    movl $PHYSICAL(kernel_directory), %eax
    movl %eax, %cr3
    movl %cr0, %eax
    orl $0x80010000, %eax                       # PG, and WP so that the kernel too obeys copy-on-write
    movl %eax, %cr0
    movl $high_half, %eax
    jmp *%eax

stop:
    cli
    hlt
    jmp stop

    .text
high_half:
    movl $0, kernel_directory                   # the identity mapping goes
    movl %cr3, %eax
    movl %eax, %cr3
    movl $boot_stack_top, %esp
    xorl %ebp, %ebp
    call main
stop_high:
    cli
    hlt
    jmp stop_high

    .bss
    .align 4096
    .globl kernel_directory, boot_stack_top, boot_command_line, boot_memory_upper
kernel_directory:
    .skip 4096
boot_page_table:
    .skip 4096
    .skip 4096
boot_stack_top:
boot_memory_upper:
    .skip 4
boot_command_line:
    .skip COMMAND_LINE_BYTES
