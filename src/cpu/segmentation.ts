// Segment limits and types on every access, and loading segment registers with all their checks.
// Intel SDM vol. 3A, 5.3 Limit Checking, 5.4 Type Checking, 5.6 and 5.7 Privilege Level Checking.
import {
  DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_CONFORMING, DESCRIPTOR_DB, DESCRIPTOR_EXPAND_DOWN, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_READABLE,
  DESCRIPTOR_S, DESCRIPTOR_WRITABLE, descriptorBase, descriptorDpl, descriptorLimit, SELECTOR_TI, selectorError, selectorRpl,
} from '../x86/descriptors.ts';
import {CR0_PE} from '../x86/control.ts';
import {GP, NP, SS_FAULT} from '../x86/exceptions.ts';
import {CS, LDTR, SS} from '../x86/registers.ts';
import {raise} from './fault.ts';
import {readSystem, writeSystem} from './port.ts';
import type {Cpu} from './state.ts';

/** Linear address of an access through a segment, or #GP(0) / #SS(0). */
export function checkedAddress(c: Cpu, segment: number, offset: number, width: number, write: boolean): number {
  const attributes = c.segAttributes[segment];
  if (!allowsType(c, attributes, write)) raise(c, segment === SS ? SS_FAULT : GP, 0);
  if (!withinLimit(c, segment, offset >>> 0, width)) raise(c, segment === SS ? SS_FAULT : GP, 0);
  return (c.segBase[segment] + offset) | 0;
}

/** Why real mode asks nothing of the type: a code segment may be left in CS by the way out of protected mode, and is written through it. */
function allowsType(c: Cpu, attributes: number, write: boolean): boolean {
  if ((c.cr0 & CR0_PE) === 0) return true;
  if ((attributes & DESCRIPTOR_PRESENT) === 0 || (attributes & DESCRIPTOR_S) === 0) return false;
  const code = (attributes & DESCRIPTOR_CODE) !== 0;
  if (write) return !code && (attributes & DESCRIPTOR_WRITABLE) !== 0;
  return !code || (attributes & DESCRIPTOR_READABLE) !== 0;
}

function withinLimit(c: Cpu, segment: number, first: number, width: number): boolean {
  const last = first + width - 1;
  const limit = c.segLimit[segment];
  const attributes = c.segAttributes[segment];
  if ((attributes & (DESCRIPTOR_CODE | DESCRIPTOR_EXPAND_DOWN)) !== DESCRIPTOR_EXPAND_DOWN) return last <= limit;
  const upper = attributes & DESCRIPTOR_DB ? 0xffff_ffff : 0xffff;
  return first > limit && last <= upper;
}

/** A descriptor as read from its table. */
export interface Descriptor {
  readonly low: number;
  readonly high: number;
  /** Linear address of the entry. */
  readonly at: number;
}

/** Linear address of a selector's descriptor, or raises `vector` with the selector when it lies beyond its table. */
function descriptorAt(c: Cpu, selector: number, vector: number, external: number): number {
  const local = (selector & SELECTOR_TI) !== 0;
  const limit = local ? c.segLimit[LDTR] : c.gdtLimit;
  const index = selector & 0xfff8;
  const usable = !local || (c.segAttributes[LDTR] & DESCRIPTOR_PRESENT) !== 0;
  if (!usable || index + 7 > limit) raise(c, vector, selectorError(selector) | external);
  return ((local ? c.segBase[LDTR] : c.gdtBase) + index) | 0;
}

/** Reads a descriptor, or raises `vector` with the selector when it lies beyond its table. */
export function readDescriptor(c: Cpu, selector: number, vector: number, external = 0): Descriptor {
  const at = descriptorAt(c, selector, vector, external);
  return {low: readSystem(c, at, 4), high: readSystem(c, (at + 4) | 0, 4), at};
}

/** Sets the accessed bit in memory when it is clear. */
export function markAccessed(c: Cpu, descriptor: Descriptor): number {
  if ((descriptor.high & DESCRIPTOR_ACCESSED) === 0) writeSystem(c, (descriptor.at + 4) | 0, 4, descriptor.high | DESCRIPTOR_ACCESSED);
  return descriptor.high | DESCRIPTOR_ACCESSED;
}

/** The descriptor with its accessed bit set: what a transfer does while it can still fault. */
export const accessed = (c: Cpu, descriptor: Descriptor): Descriptor =>
  ((descriptor.high & DESCRIPTOR_ACCESSED) === 0 ? {...descriptor, high: markAccessed(c, descriptor)} : descriptor);

/** MOV, POP, LDS...: loads a data or stack segment register. Intel SDM vol. 2, MOV, "Loading a segment register". */
export function loadSegment(c: Cpu, segment: number, selector: number): void {
  if (c.usesParagraphs) return loadParagraph(c, segment, selector);
  if (segment === SS) return loadStackSegment(c, selector, c.cpl);
  if ((selector & 0xfffc) === 0) return c.setSegment(segment, selector, 0, 0, 0);
  if (c.nonRoot && c.controls.guardedRing === c.cpl && selectorRpl(selector) !== 0 && selectorRpl(selector) <= c.cpl) raise(c, GP, 0);
  const at = descriptorAt(c, selector, GP, 0);
  const low = readSystem(c, at, 4);
  const high = readSystem(c, (at + 4) | 0, 4);
  const error = selectorError(selector);
  const code = (high & DESCRIPTOR_CODE) !== 0;
  if ((high & DESCRIPTOR_S) === 0 || (code && (high & DESCRIPTOR_READABLE) === 0)) raise(c, GP, error);
  const conforming = code && (high & DESCRIPTOR_CONFORMING) !== 0;
  if (!conforming && Math.max(selectorRpl(selector), c.cpl) > descriptorDpl(high)) raise(c, GP, error);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, NP, error);
  if ((high & DESCRIPTOR_ACCESSED) === 0) writeSystem(c, (at + 4) | 0, 4, high | DESCRIPTOR_ACCESSED);
  c.setSegment(segment, selector, descriptorBase(low, high), descriptorLimit(low, high) | 0, high | DESCRIPTOR_ACCESSED);
}

/** Present, accessed, writable data of ring 0, and what virtual-8086 mode gives every segment. Intel SDM vol. 3C, 26.3.1.2. */
const REAL_RIGHTS = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_WRITABLE | DESCRIPTOR_ACCESSED;
export const VIRTUAL_8086_RIGHTS = REAL_RIGHTS | (3 << 13);
const PARAGRAPH = 4, SEGMENT_END = 0xffff;

/**
 * Real mode changes the base alone: a longer limit that protected mode left there stays, as on every processor since the 386, and only
 * a register that holds no usable segment is given one. Virtual-8086 mode gives all of it. Intel SDM vol. 3A, 9.9.2; vol. 3B, 20.1.1 and 20.2.
 */
export function loadParagraph(c: Cpu, segment: number, selector: number): void {
  const base = selector << PARAGRAPH;
  if ((c.cr0 & CR0_PE) !== 0) return c.setSegment(segment, selector, base, SEGMENT_END, VIRTUAL_8086_RIGHTS);
  const usable = (c.segAttributes[segment] & DESCRIPTOR_PRESENT) !== 0;
  const size = c.segAttributes[segment] & (DESCRIPTOR_DB | DESCRIPTOR_GRANULARITY);
  c.setSegment(segment, selector, base, usable ? c.segLimit[segment] | 0 : SEGMENT_END, usable ? REAL_RIGHTS | size : REAL_RIGHTS);
}

/** Loads SS for a privilege level; its RPL and DPL must equal it. */
export function loadStackSegment(c: Cpu, selector: number, cpl: number, vector = GP): void {
  const error = selectorError(selector);
  if (error === 0) raise(c, vector, vector === GP ? 0 : error);
  const descriptor = checkStackSegment(c, selector, cpl, vector);
  const {low, high} = descriptor;
  c.setSegment(SS, selector, descriptorBase(low, high), descriptorLimit(low, high) | 0, markAccessed(c, descriptor));
}

/** The checks of a stack segment without loading it, so that the caller can still fault. */
export function checkStackSegment(c: Cpu, selector: number, cpl: number, vector: number, external = 0): Descriptor {
  const error = selectorError(selector) | external;
  const descriptor = readDescriptor(c, selector, vector, external);
  const {high} = descriptor;
  const writable = (high & (DESCRIPTOR_S | DESCRIPTOR_CODE | DESCRIPTOR_WRITABLE)) === (DESCRIPTOR_S | DESCRIPTOR_WRITABLE);
  if (selectorRpl(selector) !== cpl || !writable || descriptorDpl(high) !== cpl) raise(c, vector, error);
  if ((high & DESCRIPTOR_PRESENT) === 0) raise(c, SS_FAULT, error);
  return descriptor;
}

/** Checks a code segment for a transfer; returns its descriptor. `cpl` is the privilege it will run at. */
export function loadCodeSegment(c: Cpu, selector: number, descriptor: Descriptor, cpl: number): void {
  const {low, high} = descriptor;
  c.setSegment(CS, (selector & 0xfffc) | cpl, descriptorBase(low, high), descriptorLimit(low, high) | 0, markAccessed(c, descriptor));
  c.setCpl(cpl);
}

export const isCode = (high: number): boolean => (high & (DESCRIPTOR_S | DESCRIPTOR_CODE)) === (DESCRIPTOR_S | DESCRIPTOR_CODE);

/** After a return to an outer ring: registers that hold more privileged data segments become null. SDM vol. 2, RET. */
export function dropPrivilegedSegments(c: Cpu): void {
  for (const segment of [0, 3, 4, 5]) {
    const attributes = c.segAttributes[segment];
    const conforming = (attributes & (DESCRIPTOR_CODE | DESCRIPTOR_CONFORMING)) === (DESCRIPTOR_CODE | DESCRIPTOR_CONFORMING);
    if ((attributes & DESCRIPTOR_PRESENT) !== 0 && !conforming && descriptorDpl(attributes) < c.cpl) c.setSegment(segment, 0, 0, 0, 0);
  }
}
