// The paravirtual image begins with the page that Xen fills with the ways into its hypercalls, and carries notes.
#define LOAD_ADDRESS 0x100000
#define EXTRA_SEGMENT note PT_NOTE FLAGS(4);
#define EXTRA_SECTION
#define EXTRA_CODE hypercall_page = .; . += PAGE_BYTES;
#define EXTRA_CONSTANTS .notes : AT(ADDR(.notes) - KERNEL_BASE) { *(.note.Xen) } :text :note
