// Entries of nested paging (EPT): four levels of 512 eight-byte entries. Only the low doubleword is ever non-zero, because
// host-physical memory lies below 4 GiB. Intel SDM vol. 3C, 28.2.2 EPT Translation Mechanism, tables 28-1 to 28-6.

export const EPT_READ = 1 << 0;
export const EPT_WRITE = 1 << 1;
export const EPT_EXECUTE = 1 << 2;
export const EPT_ALL = EPT_READ | EPT_WRITE | EPT_EXECUTE;
/** In a level-2 entry: maps a 2 MiB page. */
export const EPT_LARGE = 1 << 7;
/** Set by the walk where the processor keeps them: the entry was used; the page it maps was written. */
export const EPT_ACCESSED = 1 << 8;
export const EPT_DIRTY = 1 << 9;
export const EPT_FRAME = ~0xfff;

/** Index into the table of a level (4 at the top, 1 maps 4 KiB pages) for a guest-physical address below 4 GiB. */
export const eptIndex = (address: number, level: number): number => (level > 3 ? 0 : Math.floor(address / 2 ** (12 + 9 * (level - 1))) & 0x1ff);
