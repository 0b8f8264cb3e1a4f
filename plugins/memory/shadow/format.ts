// The two formats of shadow tables: two levels of 1024 entries as the guest's own, or PAE tables of 512 entries of eight
// bytes, in which each guest table has two shadow pages (its halves) and each guest directory four (its quarters).
// Intel SDM vol. 3A, 4.3 32-Bit Paging and 4.4 PAE Paging.
import {hpa, PTE_P} from 'worldswitch';
import type {PhysicalMemory} from 'worldswitch';

/** Software bit of a shadow entry: the guest may write here, but the frame is write-protected. */
export const SHADOW_TRACED = 1 << 9;
/** Software bit of an entry that is not present: no memory answers there, a device does. */
export const SHADOW_MMIO = 1 << 10;
/** A reserved bit in the upper half of a PAE entry: a fault on it has P set in its error code and so can be told apart. */
export const RESERVED_HIGH = 1 << 19;

export class ShadowFormat {
  /** Bytes of one entry. */
  readonly width: 4 | 8;
  readonly entries: number;
  /** Shadow pages of one guest table, and how many directory entries one guest directory entry has. */
  readonly halves: 1 | 2;
  /** Shadow directories of one address space. */
  readonly directories: 1 | 4;

  constructor(pae: boolean) {
    this.width = pae ? 8 : 4;
    this.entries = 4096 / this.width;
    this.halves = pae ? 2 : 1;
    this.directories = pae ? 4 : 1;
  }

  get pae(): boolean {
    return this.width === 8;
  }

  /** Which of an address space's directories serves a linear address. */
  directoryOf(linear: number): number {
    return this.pae ? linear >>> 30 : 0;
  }

  directoryIndex(linear: number): number {
    return this.pae ? (linear >>> 21) & 511 : linear >>> 22;
  }

  tableIndex(linear: number): number {
    return (linear >>> 12) & (this.entries - 1);
  }

  /** Index of the guest's directory entry behind a shadow directory's entry. */
  guestDirectoryIndex(quadrant: number, index: number): number {
    return (quadrant * this.entries + index) >> (this.halves - 1);
  }

  /** Which half of a guest table lies below a shadow directory's entry. */
  half(index: number): number {
    return index & (this.halves - 1);
  }

  /** Writes an entry; `reserved` makes it fault with P set, which only the PAE format can. */
  write(memory: PhysicalMemory, at: number, low: number, reserved = false): void {
    memory.write32(hpa(at), reserved ? low | PTE_P : low);
    if (this.pae) memory.write32(hpa(at + 4), reserved ? RESERVED_HIGH : 0);
  }
}
