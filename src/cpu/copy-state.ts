// Carries the guest's architectural state from one processor to another: registers, flags, segment caches, tables. Paging
// registers are not part of it: who copies decides what they are.
import {loadDebugControl} from './breakpoints.ts';
import type {Cpu} from './state.ts';

const FIELDS = [
  'eip', 'eflags', 'flagKind', 'flagResult', 'flagA', 'flagB', 'mode', 'gdtBase', 'gdtLimit', 'idtBase', 'idtLimit', 'cr2', 'dr6', 'tscBase',
  'sysenterCs', 'sysenterEsp', 'sysenterEip', 'debugTraps', 'nmi', 'nmiBlocked',
] as const satisfies ReadonlyArray<keyof Cpu>;

/** Why only what has changed: every emulated instruction copies the state twice. */
function copyBreakpoints(from: Cpu, to: Cpu): void {
  if (from.dr7 === to.dr7 && from.dr.every((linear, n) => linear === to.dr[n])) return;
  to.dr.set(from.dr);
  loadDebugControl(to, from.dr7);
}

export function copyState(from: Cpu, to: Cpu): void {
  to.r.set(from.r);
  to.segSelector.set(from.segSelector);
  to.segBase.set(from.segBase);
  to.segLimit.set(from.segLimit);
  to.segAttributes.set(from.segAttributes);
  for (const field of FIELDS) Object.assign(to, {[field]: from[field]});
  copyBreakpoints(from, to);
  to.setCpl(from.cpl);
  to.shadow = from.shadow;
  to.stackShadow = from.stackShadow;
}
