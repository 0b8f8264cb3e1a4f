// SYSENTER and SYSEXIT: from ring 3 to ring 0 and back by three registers, without a table. Intel SDM vol. 3A, 5.8.7 Performing Fast
// Calls to System Procedures with the SYSENTER and SYSEXIT Instructions.
import {costNumber} from '../../host/costs.ts';
import {CR0_PE} from '../../x86/control.ts';
import {
  DESCRIPTOR_ACCESSED, DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_GRANULARITY, DESCRIPTOR_PRESENT, DESCRIPTOR_READABLE, DESCRIPTOR_S,
} from '../../x86/descriptors.ts';
import {EFLAGS_IF, EFLAGS_RF, EFLAGS_VM} from '../../x86/flags.ts';
import {CS, ECX, EDX, ESP, SS} from '../../x86/registers.ts';
import {crossByCall, crossOut} from '../crossing.ts';
import type {Execute} from '../decode/row.ts';
import {generalProtection} from '../fault.ts';
import type {Cpu} from '../state.ts';

/** Flat, accessed, 32-bit: what the processor puts into the caches without reading a descriptor. */
const FLAT = DESCRIPTOR_PRESENT | DESCRIPTOR_S | DESCRIPTOR_ACCESSED | DESCRIPTOR_READABLE | DESCRIPTOR_DB | DESCRIPTOR_GRANULARITY;
const WHOLE = 0xffff_ffff;

/** CS from a selector, SS from the next one. */
function load(c: Cpu, selector: number, ring: 0 | 3): void {
  const rights = FLAT | (ring << 13);
  c.setSegment(CS, (selector & 0xfffc) | ring, 0, WHOLE, rights | DESCRIPTOR_CODE);
  c.setSegment(SS, ((selector & 0xfffc) + 8) | ring, 0, WHOLE, rights);
  c.setCpl(ring);
}

/** Why a VMM that compresses rings sees both: it leaves the selector's register 0, which raises #GP(0). */
const hasSelector = (c: Cpu): boolean => (c.sysenterCs & 0xfffc) !== 0 && (c.cr0 & CR0_PE) !== 0 && !(c.nonRoot && c.controls.ringCompression);

export const sysenter: Execute = () => c => {
  if (!hasSelector(c)) generalProtection(c);
  const from = c.cpl;
  c.eflags &= ~(EFLAGS_VM | EFLAGS_IF | EFLAGS_RF);
  load(c, c.sysenterCs, 0);
  c.r[ESP] = c.sysenterEsp;
  c.eip = c.sysenterEip;
  // Simplification: no source gives these processors' price; it is charged as a gate, which is slower.
  c.spend(costNumber.interrupt_gate);
  if (from === 3) crossByCall(c, 'sysenter');
  c.lookUp();
};

export const sysexit: Execute = () => c => {
  if (!hasSelector(c) || c.cpl !== 0) generalProtection(c);
  load(c, c.sysenterCs + 16, 3);
  c.r[ESP] = c.r[ECX];
  c.eip = c.r[EDX];
  c.spend(costNumber.iret);
  crossOut(c, 'sysexit');
  c.lookUp();
};
