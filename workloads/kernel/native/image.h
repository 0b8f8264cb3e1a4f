// What stands at the front of the native image: the Multiboot header and the code that runs before paging, where they are loaded; behind the
// constants what programs' directories map of the kernel under page-table isolation.
#define LOAD_ADDRESS 0x100000
#define EXTRA_SEGMENT boot PT_LOAD FLAGS(5);
#define EXTRA_SECTION .boot : { *(.multiboot) *(.boot) } :boot
#define EXTRA_CODE
#define EXTRA_CONSTANTS \
    .isolation ALIGN(PAGE_BYTES) : AT(ADDR(.isolation) - KERNEL_BASE) { isolation_start = .; *(.isolation) . = ALIGN(PAGE_BYTES); isolation_end = .; } :text
