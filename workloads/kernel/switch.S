# The moment one process becomes another: void switch_context(uint32_t *old_stack_pointer, uint32_t new_stack_pointer).
# Only what a C function must preserve is saved, and the segment registers that the kernel leaves to user programs.
    .text
    .globl switch_context
switch_context:
    movl 4(%esp), %eax
    movl 8(%esp), %edx
    pushl %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl %fs
    pushl %gs
    movl %esp, (%eax)
    movl %edx, %esp
    popl %gs
    popl %fs
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret
