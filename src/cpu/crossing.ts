// Crossings that the modelled hardware makes inside the guest, between its user and its kernel, counted as edges.
import type {Kind} from '../ledger/context.ts';
import {EXCEPTION_NAMES} from '../x86/exceptions.ts';
import {EVENT_EXTERNAL, EVENT_HARDWARE_EXCEPTION} from './exit-record.ts';
import type {Cpu} from './state.ts';

/** Edge numbers by event type and vector, so that no string is built per crossing. */
const inward = new WeakMap<object, Map<number, number>>();
const outward = new WeakMap<object, number>();

/** guest-user to guest-kernel through the IDT. */
export function crossInto(c: Cpu, vector: number, type: number): void {
  let numbers = inward.get(c.transitions);
  if (!numbers) inward.set(c.transitions, (numbers = new Map()));
  const key = type * 256 + vector;
  let number = numbers.get(key);
  if (number === undefined) {
    number = c.transitions.number({from: 'guest-user', to: 'guest-kernel', ...describe(vector, type)});
    numbers.set(key, number);
  }
  c.transitions.cross(number);
}

function describe(vector: number, type: number): {kind: Kind; reason: string; detail: string} {
  if (type === EVENT_EXTERNAL) return {kind: 'interrupt', reason: 'EXTERNAL_INTERRUPT', detail: `vector-0x${vector.toString(16)}`};
  if (type === EVENT_HARDWARE_EXCEPTION) return {kind: 'fault', reason: 'EXCEPTION_NMI', detail: EXCEPTION_NAMES[vector] ?? `vector-${vector}`};
  return {kind: 'call', reason: 'syscall', detail: `int-0x${vector.toString(16)}`};
}

/** guest-kernel to guest-user by IRET. */
export function crossOut(c: Cpu): void {
  let number = outward.get(c.transitions);
  if (number === undefined) {
    number = c.transitions.number({from: 'guest-kernel', to: 'guest-user', kind: 'return', reason: 'iret', detail: 'iret'});
    outward.set(c.transitions, number);
  }
  c.transitions.cross(number);
}
