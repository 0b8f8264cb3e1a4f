// Crossings that the modelled hardware makes inside the guest, between its user and its kernel, counted as edges.
import type {Kind} from '../ledger/context.ts';
import {EXCEPTION_NAMES} from '../x86/exceptions.ts';
import {EVENT_EXTERNAL, EVENT_HARDWARE_EXCEPTION, EVENT_PRIVILEGED_EXCEPTION} from './exit-record.ts';
import type {Cpu} from './state.ts';

/** Slot of the way out in `cpu.crossings`; the ways in come before it. */
const OUT = 7 * 256;

/** guest-user to guest-kernel through the IDT. Why the table: no string is built per crossing. */
export function crossInto(c: Cpu, vector: number, type: number): void {
  if (!c.crossesRings) return;
  const slot = type * 256 + vector;
  if (c.crossings[slot] < 0) c.crossings[slot] = c.transitions.number({from: 'guest-user', to: 'guest-kernel', ...describe(vector, type)});
  c.transitions.cross(c.crossings[slot]);
}

function describe(vector: number, type: number): {kind: Kind; reason: string; detail: string} {
  if (type === EVENT_EXTERNAL) return {kind: 'interrupt', reason: 'EXTERNAL_INTERRUPT', detail: `vector-0x${vector.toString(16)}`};
  if (type === EVENT_HARDWARE_EXCEPTION || type === EVENT_PRIVILEGED_EXCEPTION) return {kind: 'fault', reason: 'EXCEPTION_NMI', detail: EXCEPTION_NAMES[vector] ?? `vector-${vector}`};
  return {kind: 'call', reason: 'syscall', detail: `int-0x${vector.toString(16)}`};
}

/** guest-user to guest-kernel by an instruction that needs no IDT. */
export function crossByCall(c: Cpu, detail: 'call-gate' | 'sysenter' | 'task-switch'): void {
  if (c.crossesRings) c.transitions.cross(c.transitions.number({from: 'guest-user', to: 'guest-kernel', kind: 'call', reason: 'syscall', detail}));
}

/** guest-kernel to guest-user, by IRET unless told. */
export function crossOut(c: Cpu, detail: 'iret' | 'sysexit' = 'iret'): void {
  if (!c.crossesRings) return;
  if (detail !== 'iret') return c.transitions.cross(c.transitions.number({from: 'guest-kernel', to: 'guest-user', kind: 'return', reason: 'sysexit', detail}));
  if (c.crossings[OUT] < 0) c.crossings[OUT] = c.transitions.number({from: 'guest-kernel', to: 'guest-user', kind: 'return', reason: 'iret', detail: 'iret'});
  c.transitions.cross(c.crossings[OUT]);
}
