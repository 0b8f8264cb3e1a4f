// Breakpoints on addresses: what the debug registers ask for, met or not. Pages with a data breakpoint are kept out of the view, so that
// every access there takes the slow path and is looked at; nowhere else does a breakpoint cost anything.
// Intel SDM vol. 3B, 17.2.4 Debug Control Register (DR7), 17.2.5 Breakpoint Field Recognition, 17.3.1 Debug Exception (#DB).
import {CR4_DE} from '../x86/control.ts';
import {
  BREAK_ACCESS, BREAK_FETCH, BREAK_PORT, BREAK_WRITE, breakpointKind, breakpointLength, breakpointOn, DR6_BREAKPOINTS, DR7_DEFINED, DR7_FIXED,
} from '../x86/debug.ts';
import type {Cpu} from './state.ts';

/** One enabled breakpoint on data or ports. */
export interface Watch {
  readonly first: number;
  readonly last: number;
  readonly kind: number;
  /** Its bit in DR6. */
  readonly bit: number;
}

/** Loads DR7 and works out what is to be watched. */
export function loadDebugControl(c: Cpu, value: number): void {
  c.dr7 = (value & DR7_DEFINED) | DR7_FIXED;
  watchAgain(c);
}

/** DR0 to DR3, DR7 or CR4.DE have changed. */
export function watchAgain(c: Cpu): void {
  const watches = [0, 1, 2, 3].filter(n => breakpointOn(c.dr7, n)).map(n => watchOf(c, n));
  c.breaksAtFetch = watches.some(({kind}) => kind === BREAK_FETCH);
  const others = watches.filter(({kind}) => kind !== BREAK_FETCH);
  c.watches = others.length === 0 ? null : others;
  for (const {first, last} of others) for (const linear of [first, last]) c.view[linear >>> 12] = 0;
  c.lookUp();
}

/** The low bits of an address that its length covers are not compared. */
function watchOf(c: Cpu, n: number): Watch {
  const length = breakpointLength(c.dr7, n);
  const first = (c.dr[n] & -length) >>> 0;
  return {first, last: first + length - 1, kind: breakpointKind(c.dr7, n), bit: 1 << n};
}

/** Breakpoints met by fetching the instruction at a linear address: bits of DR6. */
export function fetchBreaks(c: Cpu, linear: number): number {
  let met = 0;
  for (let n = 0; n < 4; n++) {
    if (breakpointOn(c.dr7, n) && breakpointKind(c.dr7, n) === BREAK_FETCH && c.dr[n] === linear) met |= 1 << n;
  }
  return met;
}

/** An access that has been carried out: the trap follows its instruction. */
export function accessed(c: Cpu, linear: number, width: number, write: boolean): void {
  const from = linear >>> 0;
  for (const {first, last, kind, bit} of c.watches ?? []) {
    if (kind !== BREAK_ACCESS && !(write && kind === BREAK_WRITE)) continue;
    if (from <= last && from + width - 1 >= first) c.trapLater(bit);
  }
}

/** Ports are watched with CR4.DE alone. */
export function portAccessed(c: Cpu, port: number, width: number): void {
  if (c.watches === null || (c.cr4 & CR4_DE) === 0) return;
  for (const {first, last, kind, bit} of c.watches) {
    if (kind === BREAK_PORT && port <= last && port + width - 1 >= first) c.trapLater(bit);
  }
}

/** A page with a breakpoint is not shown by the view. */
export function hideWatched(c: Cpu, linear: number): void {
  for (const {first, last} of c.watches ?? []) {
    if (first >>> 12 === linear >>> 12 || last >>> 12 === linear >>> 12) c.view[linear >>> 12] = 0;
  }
}

/** Puts what a debug exception was for into DR6. The processor never clears bits but those of breakpoints. */
export function reportDebug(c: Cpu, bits: number): void {
  c.dr6 = (bits & DR6_BREAKPOINTS) !== 0 ? (c.dr6 & ~DR6_BREAKPOINTS) | bits : c.dr6 | bits;
}
