// The physical address map of a PC below and above 1 MiB, as firmware reports it (E820). Multiboot Specification 0.6.96,
// 3.3 "Boot information format".

export const MIB = 0x100000;
/** End of conventional memory: above it lie the extended BIOS data area, video memory and the BIOS. */
export const CONVENTIONAL_END = 0x9fc00;
/** The first page holds the interrupt vectors and the BIOS data area. */
export const CONVENTIONAL_START = 0x1000;

export interface MemoryRange {
  readonly address: number;
  readonly size: number;
  /** 1 = usable, 2 = reserved. */
  readonly type: 1 | 2;
}

const LEGACY: readonly MemoryRange[] = [
  {address: 0, size: CONVENTIONAL_END, type: 1},
  {address: CONVENTIONAL_END, size: 0xa0000 - CONVENTIONAL_END, type: 2},
  {address: 0xf0000, size: 0x10000, type: 2},
];

/** @param memorySize guest memory in bytes, at least 1 MiB */
export function memoryMap(memorySize: number): MemoryRange[] {
  const extended: MemoryRange = {address: MIB, size: memorySize - MIB, type: 1};
  return extended.size > 0 ? [...LEGACY, extended] : [...LEGACY];
}
