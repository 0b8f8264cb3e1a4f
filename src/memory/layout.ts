// Where everything lies in the one `WebAssembly.Memory`: processor state and TLB views below, host-physical memory from
// `HOST_BASE`. The one source for whoever addresses that memory.

/** General registers, then a slot that is always zero (a missing base or index register reads it). */
export const REGISTER_FILE = 0x0000;
export const ZERO_REGISTER = 8;
/** Register file of the VMM's instruction emulator. */
export const EMULATOR_REGISTERS = 0x0100;

/** Data view: one word for each linear page: frame offset and rights. See tlb.ts. */
export const DATA_VIEW = 0x0040_0000;
/** Instruction view: likewise, for fetches. */
export const FETCH_VIEW = 0x0080_0000;
/** A data view and a fetch view that stay empty: a software-walking processor (the VMM's emulator) probes them in vain. */
export const EMPTY_VIEW = 0x00c0_0000;

/** Host-physical address 0. */
export const HOST_BASE = 0x0100_0000;

export const PAGES_PER_VIEW = 1 << 20;
