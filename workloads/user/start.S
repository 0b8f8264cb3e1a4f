# The first instructions of a user program: the kernel has put the argument of main on the stack.
    .text
    .globl start
start:
    xorl %ebp, %ebp
    call main
    movl %eax, %ebx
    movl $0, %eax                               # CALL_EXIT
    int $0x80
