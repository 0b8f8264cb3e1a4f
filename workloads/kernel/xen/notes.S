# What the kernel tells a domain builder, as ELF notes (Xen, public/elfnote.h).
#include "layout.h"

#define NOTE_ENTRY 1
#define NOTE_HYPERCALL_PAGE 2
#define NOTE_VIRT_BASE 3
#define NOTE_PADDR_OFFSET 4
#define NOTE_XEN_VERSION 5
#define NOTE_GUEST_OS 6
#define NOTE_GUEST_VERSION 7
#define NOTE_LOADER 8
#define NOTE_PAE_MODE 9
#define NOTE_FEATURES 10

    .macro note_begin type
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:
    .endm

    .macro note_text type, text
    note_begin \type
    .asciz "\text"
2:  .balign 4
    .endm

    .macro note_number type, number
    note_begin \type
    .long \number
2:
    .endm

    .section .note.Xen, "a", @note
    note_text NOTE_GUEST_OS, "worldswitch"
    note_text NOTE_GUEST_VERSION, "1"
    note_text NOTE_XEN_VERSION, "xen-3.0"
    note_number NOTE_VIRT_BASE, KERNEL_BASE
    note_number NOTE_PADDR_OFFSET, 0
    note_number NOTE_ENTRY, start
    note_number NOTE_HYPERCALL_PAGE, hypercall_page
    note_text NOTE_FEATURES, ""
    note_text NOTE_PAE_MODE, "no"
    note_text NOTE_LOADER, "generic"
