// The walk of PAE paging: the directory pointers are registers, so two references of eight bytes each, one for a page of 2 MiB.
// Intel SDM vol. 3A, 4.4.2 Linear-Address Translation with PAE Paging. Simplification: there is no execute-disable bit (IA32_EFER.NXE).
import {PAE_DIRECTORY_LARGE_RESERVED, PAE_HIGH_RESERVED, PDE_PS, PTE_A, PTE_FRAME, PTE_P} from '../x86/paging.ts';
import type {TablePort} from './walk.ts';

/** An entry of eight bytes: flags and address. */
export interface WideEntry {
  readonly low: number;
  readonly high: number;
}

/** Above 4 GiB there is no memory, but there are addresses. */
export const pageOf = ({low, high}: WideEntry, mask: number): number => ((low & mask) >>> 0) + (high & ~PAE_HIGH_RESERVED) * 2 ** 32;

export const isReserved = ({low, high}: WideEntry, directory: boolean): boolean =>
  (high & PAE_HIGH_RESERVED) !== 0 || (directory && (low & PDE_PS) !== 0 && (low & PAE_DIRECTORY_LARGE_RESERVED) !== 0);

/** The upper half belongs to the same reference. */
export function readWide(port: TablePort, address: number): WideEntry {
  const low = port.read32(address);
  return {low, high: (low & PTE_P) === 0 ? 0 : port.readUpper ? port.readUpper(address + 4) : port.read32(address + 4)};
}

export const directoryAddress = (pointer: number, linear: number): number => pointer - (pointer % 4096) + ((linear >>> 21) & 511) * 8;
export const tableAddress = (directory: WideEntry, linear: number): number => pageOf(directory, PTE_FRAME) + ((linear >>> 12) & 511) * 8;
/** Key of a directory entry in a cache that serves both kinds of paging. */
export const paeKey = (linear: number): number => 0x1000 + (linear >>> 21);
export const packed = ({low, high}: WideEntry): number => ((low | PTE_A) >>> 0) + high * 2 ** 32;
export const unpacked = (value: number): WideEntry => ({low: value % 2 ** 32 | 0, high: Math.floor(value / 2 ** 32)});
