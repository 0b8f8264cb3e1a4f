// One loop for each operation: so many times the instructions of interest and an operation marker. A loop lies within one page
// and is called once before the region, so that what is counted is steady.
        .macro operation name
        .align 256
op_\name:
        push %ebx
        push %esi
        push %edi
        push %ebp
        mov 20(%esp), %ebp
1:
        .endm
        .macro again
        .byte 0x0f, 0x1f, 0x80
        .long 0x57530003
        dec %ebp
        jnz 1b
        pop %ebp
        pop %edi
        pop %esi
        pop %ebx
        ret
        .endm
        .macro entry name, user
        .section .rodata
2:      .asciz "\name"
        .section .table, "a"
        .long 2b, op_\name, \user
        .text
        .endm
        .macro kernel name
        entry \name, 0
        operation \name
        .endm
        .macro user name
        entry \name, 1
        operation \name
        .endm

        .section .table, "a"
        .align 4
        .globl operations
operations:
        .text

user int80
        int $0x80
        again
kernel ud2
        ud2
        again
kernel out
        out %al, $0x70
        again
kernel in
        in $0x71, %al
        again
kernel in_pic
        in $0x21, %al
        again
kernel in_pit
        in $0x40, %al
        again
kernel out_delay
        out %al, $0x80
        again
kernel cpuid
        xor %eax, %eax
        cpuid
        again
kernel rdtsc
        rdtsc
        again
kernel rdmsr
        mov $0x10, %ecx
        rdmsr
        again
kernel wrmsr
        mov $0x10, %ecx
        rdmsr
        wrmsr
        again
kernel rdmsr_unknown
        mov $0x7ff, %ecx
        rdmsr
        again
kernel clts
        clts
        again
kernel flags
        pushf
        cli
        popf
        again
kernel popf_if
        pushf
        orl $0x200, (%esp)
        popf
        cli
        again
kernel iret
        pushf
        push $0x08
        push $3f
        iret
3:
        again
kernel sgdt
        sgdt scratch
        again
kernel sidt
        sidt scratch
        again
kernel sldt
        sldt scratch
        again
kernel str
        str scratch
        again
kernel lgdt
        lgdt gdt_pointer
        again
kernel lidt
        lidt idt_pointer
        again
kernel smsw
        smsw %ax
        again
kernel lmsw
        smsw %ax
        xor $8, %ax
        lmsw %ax
        again
kernel mov_sreg
        mov $0x10, %eax
        mov %eax, %ds
        again
kernel read_cr3
        mov %cr3, %eax
        again
kernel cr3
        mov first_directory, %eax
        mov %eax, %cr3
        again
kernel cr3_two
        mov first_directory, %eax
        mov %eax, %cr3
        mov second_directory, %eax
        mov %eax, %cr3
        again
kernel invlpg
        invlpg scratch
        again
kernel cr0_ts
        mov %cr0, %eax
        xor $8, %eax
        mov %eax, %cr0
        again
kernel cr0_ne
        mov %cr0, %eax
        xor $0x20, %eax
        mov %eax, %cr0
        again
kernel cr0_wp
        mov %cr0, %eax
        xor $0x10000, %eax
        mov %eax, %cr0
        again
kernel cr4_tsd
        mov %cr4, %eax
        xor $4, %eax
        mov %eax, %cr4
        again
kernel cr4_pge
        mov %cr4, %eax
        xor $0x80, %eax
        mov %eax, %cr4
        again
kernel wbinvd
        wbinvd
        again
kernel invd
        invd
        again
kernel rdpmc
        xor %ecx, %ecx
        rdpmc
        again
kernel pause
        pause
        again
kernel hlt
        sti
        hlt
        cli
        again
kernel sleep_for_ever
        mov $0xff, %al
        out %al, $0x21
        sti
        hlt
        again
kernel outs
        mov $buffer, %esi
        mov $64, %ecx
        mov $0x70, %edx
        rep outsb
        again
kernel ins
        mov $buffer, %edi
        mov $64, %ecx
        mov $0x71, %edx
        rep insb
        again
kernel outs_one
        mov $buffer, %esi
        mov $0x70, %edx
        outsb
        again

// A stack in a page that still is a page table of the other address space: a VMM that traces writes to such pages sees the
// delivery's own pushes.
        .macro on_table
        mov second_directory, %eax
        mov %eax, %cr3
        mov scratch, %ecx
        mov first_directory, %eax
        mov %eax, %cr3
        mov %esp, %ebx
        mov second_table, %esp
        add $0xf80, %esp
        .endm
kernel int_on_table
        on_table
        int $0x80
        mov %ebx, %esp
        again
kernel ud2_on_table
        on_table
        ud2
        mov %ebx, %esp
        again
kernel gp_on_table
        on_table
        xor %ecx, %ecx
        rdpmc
        mov %ebx, %esp
        again
kernel interrupt_on_table
        mov $10000, %edi
        on_table
        sti
4:      dec %edi
        jnz 4b
        cli
        mov %ebx, %esp
        again

        .section .table, "a"
        .long 0, 0, 0

        .data
        .align 4096
        .globl first_directory, second_directory, second_table
first_directory:
        .long 0
second_directory:
        .long 0
second_table:
        .long 0
scratch: .long 0, 0
buffer: .fill 64, 1, 0
