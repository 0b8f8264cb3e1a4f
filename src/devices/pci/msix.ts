// MSI-X: a table of messages in memory, each with a mask, and the bits of those that wait behind theirs.
// PCI Local Bus Specification 3.0, 6.8.2 MSI-X Capability and Table Structures.
import type {BusMaster, MemoryDevice, Width} from '../bus.ts';
import type {Messages, PciFunction} from './function.ts';
import {linkCapability, writeMessage} from './messages.ts';

const CAPABILITY_ID = 0x11;
const CONTROL = 2, TABLE = 4, PENDING = 8;
const ENABLE = 1 << 15, FUNCTION_MASK = 1 << 14;
const ENTRY_BYTES = 16;
const ENTRY_MASKED = 1;
export const MSIX_SIZE = 0x1000;
const PENDING_OFFSET = 0x800;

export interface MsiXParts {
  readonly offset: number;
  /** The base address register behind which the table lies. */
  readonly bar: number;
  readonly vectors: number;
  readonly memory: BusMaster;
}

export class MsiX implements Messages, MemoryDevice {
  readonly #pci: PciFunction;
  readonly #parts: MsiXParts;
  readonly #table: DataView;
  #pending = 0;

  constructor(pci: PciFunction, parts: MsiXParts) {
    const {offset, bar, vectors} = parts;
    this.#pci = pci;
    this.#parts = parts;
    this.#table = new DataView(new ArrayBuffer(ENTRY_BYTES * vectors));
    for (let vector = 0; vector < vectors; vector++) this.#table.setUint32(vector * ENTRY_BYTES + 12, ENTRY_MASKED, true);
    linkCapability(pci, offset, CAPABILITY_ID);
    const view = new DataView(pci.config.buffer);
    view.setUint16(offset + CONTROL, vectors - 1, true);
    view.setUint32(offset + TABLE, bar, true);
    view.setUint32(offset + PENDING, PENDING_OFFSET | bar, true);
    pci.allowWrites(offset + CONTROL + 1, [(ENABLE | FUNCTION_MASK) >>> 8]);
  }

  get vectors(): number {
    return this.#parts.vectors;
  }

  get enabled(): boolean {
    return (this.#control & ENABLE) !== 0;
  }

  /** A vector that does not exist stands for none. */
  send(vector: number): void {
    if (vector >= this.vectors) return;
    if (this.#isMasked(vector)) this.#pending |= 1 << vector;
    else this.#write(vector);
  }

  /** To be called after configuration space was written: masks may have been lifted. */
  unmasked(): void {
    for (let vector = 0; vector < this.vectors; vector++) this.#sendWaiting(vector);
  }

  readMemory(offset: number, width: Width): number {
    if (offset >= PENDING_OFFSET) return offset < PENDING_OFFSET + 4 ? partOf(this.#pending, offset & 3, width) : 0;
    const at = offset & ~3;
    return at < this.#table.byteLength ? partOf(this.#table.getUint32(at, true), offset & 3, width) : 0;
  }

  /** 6.8.2: software writes whole doublewords. */
  writeMemory(offset: number, width: Width, value: number): void {
    if (width !== 4 || (offset & 3) !== 0 || offset >= this.#table.byteLength) return;
    this.#table.setUint32(offset, (offset & 12) === 12 ? value & ENTRY_MASKED : value, true);
    this.#sendWaiting(offset >>> 4);
  }

  #sendWaiting(vector: number): void {
    if ((this.#pending & (1 << vector)) === 0 || !this.enabled || this.#isMasked(vector)) return;
    this.#pending &= ~(1 << vector);
    this.#write(vector);
  }

  #write(vector: number): void {
    const at = vector * ENTRY_BYTES;
    if (this.#table.getUint32(at + 4, true) !== 0) return;
    writeMessage(this.#pci, this.#parts.memory, {address: (this.#table.getUint32(at, true) & ~3) >>> 0, data: this.#table.getUint32(at + 8, true)});
  }

  #isMasked(vector: number): boolean {
    return (this.#control & FUNCTION_MASK) !== 0 || (this.#table.getUint32(vector * ENTRY_BYTES + 12, true) & ENTRY_MASKED) !== 0;
  }

  get #control(): number {
    return this.#pci.readConfig(this.#parts.offset + CONTROL, 2);
  }
}

const partOf = (value: number, byte: number, width: Width): number => ((value >>> (8 * byte)) & (width === 4 ? 0xffff_ffff : (1 << (8 * width)) - 1)) >>> 0;
