// Start-up and access primitives of the paging guest: Multiboot header, tables, and accesses that come back with the fault's
// error code instead of dying of it.
        .text
        .align 4
        .long 0x1badb002, 0, -0x1badb002
        .globl _start, access, tss_esp0
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
        mov $page_fault, %eax
        mov $idt+14*8, %edi
        call gate
        movb $0x8e, idt+14*8+5
        mov $from_user, %eax
        mov $idt+0x80*8, %edi
        call gate
        movb $0xee, idt+0x80*8+5
        lidt idt_pointer
        push %ebx
        call main
2:      hlt
        jmp 2b
gate:   mov %ax, (%edi)
        movw $0x08, 2(%edi)
        movb $0, 4(%edi)
        shr $16, %eax
        mov %ax, 6(%edi)
        ret

// unsigned access(kind, address, value): 0 read, 1 write, 2 execute; +4 from ring 3; 8 byte write; 10 locked; 11 string.
// Returns the value read (or 0), or 0x8000_0000 | error code; CR2 is left in fault_address.
access: push %ebp
        push %ebx
        push %esi
        push %edi
        mov 20(%esp), %ecx
        mov 24(%esp), %edx
        mov 28(%esp), %ebx
        mov %esp, saved_esp
        mov %esp, tss_esp0
        xor %eax, %eax
        cmp $4, %ecx
        je user
        cmp $5, %ecx
        je user
        cmp $6, %ecx
        je user
        call perform
done:   mov saved_esp, %esp
        pop %edi
        pop %esi
        pop %ebx
        pop %ebp
        ret
user:   sub $4, %ecx
        push $0x23
        push $user_stack_top
        push $0x2
        push $0x1b
        push $user_code
        mov $0x23, %esi
        mov %esi, %ds
        mov %esi, %es
        iret
user_code:
        call perform
        int $0x80
perform:
        cmp $0, %ecx
        jne 3f
        mov (%edx), %eax
        ret
3:      cmp $1, %ecx
        jne 4f
        mov %ebx, (%edx)
        ret
4:      cmp $2, %ecx
        jne 5f
        call *%edx
        ret
5:      cmp $8, %ecx
        jne 7f
        mov %bl, (%edx)
        ret
7:      cmp $10, %ecx
        jne 8f
        lock xorl %ebx, (%edx)
        ret
8:      push %ecx
        mov %edx, %edi
        mov %ebx, %eax
        mov $5, %ecx
        rep stosl
        pop %ecx
        ret
from_user:
        mov $0x10, %esi
        mov %esi, %ds
        mov %esi, %es
        jmp done
page_fault:
        pop %eax
        or $0x80000000, %eax
        mov $0x10, %esi
        mov %esi, %ds
        mov %esi, %es
        mov %cr2, %esi
        mov %esi, fault_address
        jmp done

        .data
        .align 8
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
        .globl fault_address
fault_address:
        .long 0
saved_esp:
        .long 0
        .bss
        .align 4096
idt:    .skip 0x81*8
        .align 4096
        .skip 8192
stack_top:
        .skip 4096
user_stack_top:
