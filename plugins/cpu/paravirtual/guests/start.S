/* A paravirtual kernel's first steps, its ELF notes, and the page for Xen's hypercall entries. */
#define NOTE(type, desc...) .long 4; .long 2f - 1f; .long type; .asciz "Xen"; 1: desc; 2: .balign 4

	.section .note.Xen, "a", @note
	NOTE(1, .long start)                    /* ENTRY */
	NOTE(2, .long hypercall_page)           /* HYPERCALL_PAGE */
	NOTE(3, .long 0xC0000000)               /* VIRT_BASE */
	NOTE(4, .long 0xC0000000)               /* PADDR_OFFSET */
	NOTE(5, .asciz "xen-3.0")               /* XEN_VERSION */
	NOTE(6, .asciz "worldswitch-test")      /* GUEST_OS */
	NOTE(8, .asciz "generic")               /* LOADER */
	NOTE(9, .asciz "no")                    /* PAE_MODE */

	.text
	.globl start, hypercall_page
start:
	cld
	movl %esi, start_info
	movl $stack_top, %esp
	call main
	hlt

	.balign 4096
hypercall_page:
	.skip 4096

	/* Every exception: vector and error code for the C part, then back by IRET in ring 1. */
	.macro trap vector, error
	.globl trap_\vector
trap_\vector:
	.if \error == 0
	pushl $0
	.endif
	pushl $\vector
	jmp trap_common
	.endm
	trap 0, 0
	trap 3, 0
	trap 6, 0
	trap 13, 1
	trap 14, 1
	trap 33, 0
	trap 128, 0
trap_common:
	pushal
	pushl %ds
	pushl %es
	movl $0xe021, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %esp, %eax
	pushl %eax
	call trapped
	addl $4, %esp
	popl %es
	popl %ds
	popal
	addl $8, %esp
	iretl

	.globl upcall, failsafe
upcall:
	pushl $0
	pushl $256
	jmp trap_upcall
trap_upcall:
	pushal
	pushl %ds
	pushl %es
	movl $0xe021, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %esp, %eax
	pushl %eax
	call trapped
	addl $4, %esp
	popl %es
	popl %ds
	popal
	addl $8, %esp
	/* Through Xen, which restores the mask from EFLAGS.IF; EAX is pushed by the entry. */
	jmp hypercall_page + 23 * 32
failsafe:
	/* DS, ES, FS, GS, then the frame; the registers themselves are null. */
	movl $0xe021, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %esp, %eax
	pushl %eax
	call failed
	.weak failed
failed:
	ud2

	.bss
	.balign 4096
	.skip 16384
stack_top:
