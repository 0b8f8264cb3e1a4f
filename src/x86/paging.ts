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

export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;
