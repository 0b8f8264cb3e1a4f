// The memory port: every data access of an instruction, by linear address. A hit in the view costs one load and one test;
// everything else (TLB miss, decoded code below the store, page crossing, misalignment, device) is on the slow paths here.
import {SUPERVISOR_READ, SUPERVISOR_WRITE, USER_READ, USER_WRITE} from '../memory/translation.ts';
import {CR0_AM} from '../x86/control.ts';
import {AC} from '../x86/exceptions.ts';
import {EFLAGS_AC} from '../x86/flags.ts';
import {accessed, hideWatched} from './breakpoints.ts';
import {raise} from './fault.ts';
import {DEVICE, FAULTED} from './mmu.ts';
import {FAULT} from './signal.ts';
import type {Cpu} from './state.ts';

/** `modifyOffset` of a read-modify-write that crosses a page. */
const CROSSING = -3;

export function read8(c: Cpu, linear: number): number {
  const entry = c.view[linear >>> 12];
  if ((entry & c.readRight) !== 0) return c.u8[(entry & -4096) | (linear & 4095)];
  return readSlow(c, linear, 1, c.readRight);
}

export function read16(c: Cpu, linear: number): number {
  const entry = c.view[linear >>> 12];
  if ((entry & c.readRight) !== 0 && (linear & 1) === 0) return c.u16[((entry & -4096) | (linear & 4095)) >> 1];
  return readSlow(c, linear, 2, c.readRight);
}

/** Signed. */
export function read32(c: Cpu, linear: number): number {
  const entry = c.view[linear >>> 12];
  if ((entry & c.readRight) !== 0 && (linear & 3) === 0) return c.i32[((entry & -4096) | (linear & 4095)) >> 2];
  return readSlow(c, linear, 4, c.readRight) | 0;
}

export function write8(c: Cpu, linear: number, value: number): void {
  const entry = c.view[linear >>> 12];
  if ((entry & c.writeRight) !== 0) c.u8[(entry & -4096) | (linear & 4095)] = value;
  else writeSlow(c, linear, 1, value);
}

export function write16(c: Cpu, linear: number, value: number): void {
  const entry = c.view[linear >>> 12];
  if ((entry & c.writeRight) !== 0 && (linear & 1) === 0) c.u16[((entry & -4096) | (linear & 4095)) >> 1] = value;
  else writeSlow(c, linear, 2, value);
}

export function write32(c: Cpu, linear: number, value: number): void {
  const entry = c.view[linear >>> 12];
  if ((entry & c.writeRight) !== 0 && (linear & 3) === 0) c.i32[((entry & -4096) | (linear & 4095)) >> 2] = value;
  else writeSlow(c, linear, 4, value);
}

/** Reads an operand that the same instruction will write: all faults of the store happen here. */
export function modify32(c: Cpu, linear: number): number {
  const entry = c.view[linear >>> 12];
  if ((entry & c.writeRight) !== 0 && (linear & 3) === 0) {
    const offset = (entry & -4096) | (linear & 4095);
    c.modifyOffset = offset;
    return c.i32[offset >> 2];
  }
  return modifySlow(c, linear, 4) | 0;
}

export function modify16(c: Cpu, linear: number): number {
  return modifySlow(c, linear, 2);
}

export function modify8(c: Cpu, linear: number): number {
  const entry = c.view[linear >>> 12];
  if ((entry & c.writeRight) !== 0) {
    const offset = (entry & -4096) | (linear & 4095);
    c.modifyOffset = offset;
    return c.u8[offset];
  }
  return modifySlow(c, linear, 1);
}

/** Second half of a read-modify-write. */
export function put32(c: Cpu, value: number): void {
  if (c.modifyOffset >= 0 && (c.modifyOffset & 3) === 0) c.i32[c.modifyOffset >> 2] = value;
  else putSlow(c, 4, value);
}
export function put16(c: Cpu, value: number): void {
  putSlow(c, 2, value);
}
export function put8(c: Cpu, value: number): void {
  if (c.modifyOffset >= 0) c.u8[c.modifyOffset] = value;
  else putSlow(c, 1, value);
}

/** Reads as the processor does for itself, with supervisor rights whatever CPL is: descriptor tables, TSS, IDT. */
export function readSystem(c: Cpu, linear: number, width: 1 | 2 | 4): number {
  const entry = c.view[linear >>> 12];
  if (width === 4 && (entry & SUPERVISOR_READ) !== 0 && (linear & 3) === 0) return c.i32[((entry & -4096) | (linear & 4095)) >> 2];
  return readSlow(c, linear | 0, width, SUPERVISOR_READ);
}
export function writeSystem(c: Cpu, linear: number, width: 1 | 2 | 4, value: number): void {
  const entry = c.view[linear >>> 12];
  if (width === 4 && (entry & SUPERVISOR_WRITE) !== 0 && (linear & 3) === 0) c.i32[((entry & -4096) | (linear & 4095)) >> 2] = value;
  else writeWith(c, linear | 0, width, value, SUPERVISOR_WRITE);
}

/** Makes sure that the processor's own stores into a stretch of at most a page will not fault. */
export function probeSystemWrite(c: Cpu, linear: number, length: number): void {
  translate(c, linear, SUPERVISOR_WRITE);
  if ((linear & 4095) + length > 4096) translate(c, nextPage(linear), SUPERVISOR_WRITE);
}

/** Makes sure that a store of the given width will not fault, without storing. */
export function probeWrite(c: Cpu, linear: number, width: number): void {
  checkAlignment(c, linear, width);
  translate(c, linear, c.writeRight);
  if ((linear & 4095) + width > 4096) translate(c, nextPage(linear), c.writeRight);
}

/** Where the second part of an access begins that crosses a page: what CR2 holds when that page faults. */
const nextPage = (linear: number): number => ((linear & -4096) + 4096) | 0;

function translate(c: Cpu, linear: number, right: number): number {
  const entry = c.view[linear >>> 12];
  if ((entry & right) !== 0) return (entry & -4096) | (linear & 4095);
  const offset = c.mmu.data(c, linear, right);
  if (offset === FAULTED) throw FAULT;
  if (c.watches !== null) hideWatched(c, linear);
  return offset;
}

const USER = USER_READ | USER_WRITE;

/** Intel SDM vol. 3A, 6.15, Interrupt 17: alignment is checked for accesses of ring 3 alone, and before the translation. */
const isMisaligned = (c: Cpu, linear: number, width: number, right: number): boolean =>
  (linear & (width - 1)) !== 0 && (right & USER) !== 0 && (c.eflags & EFLAGS_AC) !== 0 && (c.cr0 & CR0_AM) !== 0;

/** Raises #AC(0) for an operand that needs more than its parts do. */
export function checkAlignment(c: Cpu, linear: number, width: number): void {
  if (isMisaligned(c, linear, width, c.readRight)) raise(c, AC, 0);
}

/** The same where a fault is not thrown. */
function metMisaligned(c: Cpu, linear: number, width: number): boolean {
  if (!isMisaligned(c, linear, width, c.readRight)) return false;
  c.faultVector = AC;
  c.faultError = 0;
  return met(c, FAULTED);
}

/** Whether a translation faulted; then the run loop ends the block here and delivers the fault. */
function met(c: Cpu, offset: number): boolean {
  if (offset !== FAULTED) return false;
  c.faulted = true;
  c.limit = 0;
  return true;
}

/** A read of a quick form that missed its fast path: a fault sets `cpu.faulted` and is not thrown. */
export function tryRead(c: Cpu, linear: number, width: 1 | 4): number {
  if (metMisaligned(c, linear, width)) return 0;
  if ((linear & 4095) + width > 4096) return readCrossing(c, linear, width, c.readRight);
  const entry = c.view[linear >>> 12];
  const offset = (entry & c.readRight) !== 0 ? (entry & -4096) | (linear & 4095) : c.mmu.data(c, linear, c.readRight);
  if (met(c, offset)) return 0;
  if (c.watches !== null) watched(c, linear, width, false);
  return (offset === DEVICE ? c.devices.read(c.deviceAddress, width) : load(c, offset, width)) | 0;
}

/** Likewise a write. */
export function tryWrite(c: Cpu, linear: number, width: 1 | 4, value: number): void {
  if (metMisaligned(c, linear, width)) return;
  if ((linear & 4095) + width > 4096) return writeCrossing(c, linear, width, value, c.writeRight);
  const entry = c.view[linear >>> 12];
  const offset = (entry & c.writeRight) !== 0 ? (entry & -4096) | (linear & 4095) : c.mmu.data(c, linear, c.writeRight);
  if (met(c, offset)) return;
  if (c.watches !== null) watched(c, linear, width, true);
  if (offset === DEVICE) c.devices.write(c.deviceAddress, width, value);
  else store(c, offset, width, value);
}

function watched(c: Cpu, linear: number, width: number, write: boolean): void {
  hideWatched(c, linear);
  accessed(c, linear, width, write);
}

function load(c: Cpu, offset: number, width: number): number {
  return width === 4 ? c.bytes.getInt32(offset, true) : width === 2 ? c.bytes.getUint16(offset, true) : c.u8[offset];
}

function store(c: Cpu, offset: number, width: number, value: number): void {
  c.memory.aboutToWrite(offset, width);
  if (width === 4) c.bytes.setInt32(offset, value, true);
  else if (width === 2) c.bytes.setUint16(offset, value, true);
  else c.u8[offset] = value;
}

function readSlow(c: Cpu, linear: number, width: 1 | 2 | 4, right: number): number {
  if (isMisaligned(c, linear, width, right)) raise(c, AC, 0);
  if ((linear & 4095) + width > 4096) return readCrossing(c, linear, width, right);
  const offset = translate(c, linear, right);
  if (c.watches !== null) accessed(c, linear, width, false);
  return offset === DEVICE ? c.devices.read(c.deviceAddress, width) : load(c, offset, width);
}

function readCrossing(c: Cpu, linear: number, width: number, right: number): number {
  let value = 0;
  for (let at = 0; at < width; at++) value |= readSlow(c, (linear + at) | 0, 1, right) << (8 * at);
  return width === 2 ? value & 0xffff : value;
}

function writeSlow(c: Cpu, linear: number, width: 1 | 2 | 4, value: number): void {
  writeWith(c, linear, width, value, c.writeRight);
}

function writeWith(c: Cpu, linear: number, width: 1 | 2 | 4, value: number, right: number): void {
  if (isMisaligned(c, linear, width, right)) raise(c, AC, 0);
  if ((linear & 4095) + width > 4096) return writeCrossing(c, linear, width, value, right);
  const offset = translate(c, linear, right);
  if (c.watches !== null) accessed(c, linear, width, true);
  if (offset === DEVICE) c.devices.write(c.deviceAddress, width, value);
  else store(c, offset, width, value);
}

/** Invariant: nothing is stored before both pages are known to be writable. */
function writeCrossing(c: Cpu, linear: number, width: number, value: number, right: number): void {
  translate(c, linear, right);
  translate(c, nextPage(linear), right);
  for (let at = 0; at < width; at++) writeWith(c, (linear + at) | 0, 1, (value >>> (8 * at)) & 0xff, right);
}

function modifySlow(c: Cpu, linear: number, width: 1 | 2 | 4): number {
  checkAlignment(c, linear, width);
  if ((linear & 4095) + width > 4096) {
    probeWrite(c, linear, width);
    c.modifyOffset = CROSSING;
    c.modifyLinear = linear;
    return readCrossing(c, linear, width, c.readRight);
  }
  const offset = translate(c, linear, c.writeRight);
  c.modifyOffset = offset;
  if (c.watches !== null) accessed(c, linear, width, true);
  if (offset === DEVICE) return c.devices.read(c.deviceAddress, width);
  c.memory.aboutToWrite(offset, width);
  return load(c, offset, width);
}

function putSlow(c: Cpu, width: 1 | 2 | 4, value: number): void {
  if (c.modifyOffset === DEVICE) c.devices.write(c.deviceAddress, width, value);
  else if (c.modifyOffset === CROSSING) writeWith(c, c.modifyLinear, width, value, c.writeRight);
  else store(c, c.modifyOffset, width, value);
}
