// The paravirtual image begins with the kernel itself, as the native one does behind its boot code, and carries notes.
#define LOAD_ADDRESS 0x100000
#define EXTRA_SEGMENT note PT_NOTE FLAGS(4);
#define EXTRA_SECTION
#define EXTRA_CONSTANTS .notes : AT(ADDR(.notes) - KERNEL_BASE) { *(.note.Xen) } :text :note
