// Start-up and primitives of the segments guest: rings 0 to 3 with flat segments of their own, and operations on segments that
// come back with the exception's vector and error code instead of dying of it.
        .text
        .align 4
        .long 0x1badb002, 0, -0x1badb002
        .globl _start, attempt, stub, stub_end
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
        push %ebx
        call main
2:      hlt
        jmp 2b

// Code that is also copied elsewhere: returns near and far.
stub:   ret
        lret
stub_end:

// u32 attempt(operation, ring, selector, offset, value): the result, or 0x8000_0000 | vector << 16 | error code.
attempt:
        push %ebp
        push %ebx
        push %esi
        push %edi
        mov 20(%esp), %ecx
        mov 24(%esp), %esi
        mov 28(%esp), %ebx
        mov 32(%esp), %edx
        mov 36(%esp), %edi
        mov %esp, saved_esp
        mov %esp, tss_esp0
        mov operations(,%ecx,4), %ecx
        test %esi, %esi
        jne outer
        call *%ecx
done:   mov $0x10, %ecx
        mov %ecx, %ds
        mov %ecx, %es
        mov %ecx, %ss
        mov saved_esp, %esp
        pop %edi
        pop %esi
        pop %ebx
        pop %ebp
        ret
// Rings 1 to 3 have code at 0x18 * ring and data behind it in the table.
outer:  pushl 4+ring_selectors(,%esi,8)
        push $outer_stack_top
        push $0x3002
        pushl ring_selectors(,%esi,8)
        push $1f
        mov 4+ring_selectors(,%esi,8), %eax
        mov %eax, %ds
        mov %eax, %es
        iret
1:      call *%ecx
        int $0x80

// Operations: EBX selector, EDX offset, EDI value; the result in EAX.
load_read:
        mov %bx, %gs
        mov %gs:(%edx), %eax
        ret
load_write:
        mov %bx, %gs
        mov %edi, %gs:(%edx)
        mov %gs, %eax
        ret
look_up_rights:
        mov $0x7fffffff, %eax
        lar %bx, %eax
        jmp zero
look_up_limit:
        mov $0x7fffffff, %eax
        lsl %bx, %eax
        jmp zero
readable:
        mov $1, %eax
        verr %bx
        jmp zero
writable:
        mov $1, %eax
        verw %bx
zero:   jz 1f
        not %eax
        and $0x7fffffff, %eax
1:      ret
keep:   mov %bx, %fs
        mov %fs, %eax
        ret
read_kept:
        mov %fs:(%edx), %eax
        ret
write_kept:
        mov %edi, %fs:(%edx)
        mov %fs, %eax
        ret
call_far:
        push %ebx
        push %edx
        lcall *(%esp)
        add $8, %esp
        mov %ss, %eax
        ret
stack:  mov %ss, %esi
        mov %esp, %ebp
        mov %bx, %ss
        mov %edx, %esp
        push %edi
        pop %eax
        mov %esi, %ss
        mov %ebp, %esp
        ret
linear_read:
        mov (%edx), %eax
        ret
linear_write:
        mov %edi, (%edx)
        xor %eax, %eax
        ret
linear_call:
        call *%edx
        xor %eax, %eax
        ret
flags:  pushf
        pop %eax
        ret
set_flags:
        and $0x240ed5, %edi
        push %edi
        popf
        pushf
        pop %eax
        push $2
        popf
        and $0x240ed5, %eax
        ret
string: mov %edx, %edi
        mov %ebx, %eax
        mov %bx, %es
        mov $6, %ecx
        cld
        rep stosl
        mov %ecx, %eax
        ret
own:    sub $8, %esp
        sgdt (%esp)
        mov 2(%esp), %eax
        add $8, %esp
        sldt %ecx
        shl $4, %eax
        add %ecx, %eax
        str %ecx
        add %ecx, %eax
        and $0x7fffffff, %eax
        ret
selectors:
        mov %cs, %eax
        shl $8, %eax
        mov %ss, %ecx
        add %ecx, %eax
        push %cs
        pop %ecx
        add %ecx, %eax
        ret
load_all:
        mov %bx, %es
        mov %bx, %ds
        mov %bx, %fs
        mov %fs, %eax
        ret

// Every exception comes to `fault` with its vector and an error code on the stack, zero where it has none.
        .irp vector, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
exception_\vector:
        .if (\vector != 8) && ((\vector < 10) || (\vector > 14)) && (\vector != 17)
        push $0
        .endif
        push $\vector
        jmp fault
        .endr
fault:  mov $0x10, %eax
        mov %eax, %ds
        mov %eax, %es
        pop %eax
        shl $16, %eax
        pop %ecx
        movzwl %cx, %ecx
        or %ecx, %eax
        or $0x80000000, %eax
        mov %cr2, %ecx
        mov %ecx, fault_address
        jmp done
returned:
        mov $0x10, %ecx
        mov %ecx, %ds
        mov %ecx, %es
        jmp done

        .data
        .globl operations, operation_count, handlers, returned, tss, tss_esp0, fault_address
        .align 4
operations:
        .long load_read, load_write, look_up_rights, look_up_limit, readable, writable, keep, read_kept, write_kept, call_far
        .long stack, linear_read, linear_write, linear_call, flags, set_flags, string, own, selectors, load_all
operation_count:
        .long (. - operations) / 4
handlers:
        .irp vector, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        .long exception_\vector
        .endr
ring_selectors:
        .long 0x08, 0x10, 0x19, 0x21, 0x2a, 0x32, 0x3b, 0x43
        .align 8
gdt:    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
        .word . - gdt - 1
        .long gdt
        .align 4
tss:    .long 0
tss_esp0:
        .long 0, 0x10
        .long outer_stack_top, 0x21, outer_stack_top, 0x32
        .fill 20, 4, 0
fault_address:
        .long 0
saved_esp:
        .long 0
        .bss
        .align 4096
        .skip 8192
stack_top:
        .skip 4096
outer_stack_top:
