// Entries of 32-bit paging. Intel SDM vol. 3A, 4.3 32-Bit Paging, table 4-4 to 4-6.

export const PTE_P = 1 << 0;
export const PTE_W = 1 << 1;
export const PTE_U = 1 << 2;
export const PTE_A = 1 << 5;
export const PTE_D = 1 << 6;
/** In a directory entry: maps a 4 MiB page (CR4.PSE). */
export const PDE_PS = 1 << 7;
export const PTE_G = 1 << 8;
export const PTE_FRAME = ~0xfff;
export const PDE_LARGE_FRAME = 0xffc00000 | 0;
/** Bits 13 to 21 of a 4 MiB entry: PSE-36 address bits this processor does not have, so they are reserved. */
export const PDE_LARGE_RESERVED = 0x003fe000;

/** CR3 with PAE paging: a table of four pointers, aligned to 32 bytes. */
export const POINTER_TABLE = ~31;
/** A pointer's bits 1, 2 and 5 to 8. Intel SDM vol. 3A, table 4-8. */
export const PDPTE_RESERVED = 0x1e6;
/** Upper half of a PAE entry: addresses have 36 bits, and there is no execute-disable bit. */
export const PAE_HIGH_RESERVED = ~0xf;
/** Bits 13 to 20 of an entry for a page of 2 MiB, and its address. */
export const PAE_DIRECTORY_LARGE_RESERVED = 0x001fe000, PAE_LARGE_FRAME = 0xffe00000 | 0;

export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;
