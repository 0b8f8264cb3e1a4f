// Entries of the shadow tables that the agile walker reads, and of the nested tables behind them. The low bits are those of
// 32-bit paging; one software-free bit says that the walk goes on in nested mode.
import {EPT_ALL, EPT_WRITE, PTE_D, PTE_G, PTE_P, PTE_U, PTE_W} from 'worldswitch';

/**
 * In a shadow directory entry: the walk switches to nested mode here. Without PDE_PS the entry holds the host frame of the guest's
 * own page table, with it the guest-physical 4 MiB page.
 */
export const SWITCHING = 1 << 9;
/** Rights that a directory entry of the guest grants to everything below. */
export const DIRECTORY_RIGHTS = PTE_W | PTE_U;
/** A shadow leaf has the guest's rights; its dirty bit says besides that a store need not leave the guest. */
export const LEAF_BITS = PTE_P | DIRECTORY_RIGHTS | PTE_G | PTE_D;

/** Nested entries have a dirty bit that the walker sets. Intel SDM vol. 3C, 28.2.4 Accessed and Dirty Flags for EPT. */
export const NESTED_DIRTY = 1 << 9;
export const nestedEntry = (hostPage: number, writable: boolean): number => hostPage | (writable ? EPT_ALL : EPT_ALL & ~EPT_WRITE);
