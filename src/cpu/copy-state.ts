// Carries the guest's architectural state from one processor to another: registers, flags, segment caches, tables. Paging
// registers are not part of it: who copies decides what they are.
import {loadDebugControl} from './breakpoints.ts';
import type {Cpu} from './state.ts';

/** Why only what has changed: every emulated instruction copies the state twice. */
function copyBreakpoints(from: Cpu, to: Cpu): void {
  const [a, b] = [from.dr, to.dr];
  if (from.dr7 === to.dr7 && a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3]) return;
  to.dr.set(from.dr);
  loadDebugControl(to, from.dr7);
}

/** Why spelt out: a loop over names takes ten times as long, and a VMM that interprets does this twice an instruction. */
function copyScalars(from: Cpu, to: Cpu): void {
  to.eip = from.eip;
  to.eflags = from.eflags;
  to.flagKind = from.flagKind;
  to.flagResult = from.flagResult;
  to.flagA = from.flagA;
  to.flagB = from.flagB;
  to.mode = from.mode;
  to.gdtBase = from.gdtBase;
  to.gdtLimit = from.gdtLimit;
  to.idtBase = from.idtBase;
  to.idtLimit = from.idtLimit;
  to.cr2 = from.cr2;
  to.dr6 = from.dr6;
  to.tscBase = from.tscBase;
  to.sysenterCs = from.sysenterCs;
  to.sysenterEsp = from.sysenterEsp;
  to.sysenterEip = from.sysenterEip;
  to.debugTraps = from.debugTraps;
  to.nmi = from.nmi;
  to.nmiBlocked = from.nmiBlocked;
}

export function copyState(from: Cpu, to: Cpu): void {
  to.r.set(from.r);
  to.segSelector.set(from.segSelector);
  to.segBase.set(from.segBase);
  to.segLimit.set(from.segLimit);
  to.segAttributes.set(from.segAttributes);
  copyScalars(from, to);
  copyBreakpoints(from, to);
  to.setCpl(from.cpl);
  to.shadow = from.shadow;
  to.stackShadow = from.stackShadow;
}
