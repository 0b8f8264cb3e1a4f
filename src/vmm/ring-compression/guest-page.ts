// The guest frame behind a linear page of the guest's, without leaving a trace in the guest's tables: what a VMM may use on
// the guest's behalf without an access of the guest's own.
import {gpa, type Gpa} from '../../memory/address.ts';
import {CR0_PG, CR3_FRAME, CR4_PAE, CR4_PSE} from '../../x86/control.ts';
import {PDE_LARGE_FRAME, PDE_PS, PTE_A, PTE_FRAME, PTE_P} from '../../x86/paging.ts';
import type {Vmm} from '../vmm.ts';

export const NO_FRAME = -1;
const USED = PTE_P | PTE_A;

/** Why the accessed bits must be set: the guest's own next access would set them, so it must not go unseen. */
export function guestFrame(vmm: Vmm, linear: number): number {
  const {cr0, cr3, cr4} = vmm.registers();
  if ((cr0 & CR0_PG) === 0) return known(vmm, linear >>> 12);
  if ((cr4 & CR4_PAE) !== 0) return NO_FRAME;
  const directory = read(vmm, (cr3 & CR3_FRAME) + (linear >>> 22) * 4);
  if ((directory & USED) !== USED) return NO_FRAME;
  if ((directory & PDE_PS) !== 0 && (cr4 & CR4_PSE) !== 0) return known(vmm, ((directory & PDE_LARGE_FRAME) | (linear & 0x3f_f000)) >>> 12);
  const entry = read(vmm, (directory & PTE_FRAME) + ((linear >>> 12) & 0x3ff) * 4);
  return (entry & USED) === USED ? known(vmm, (entry & PTE_FRAME) >>> 12) : NO_FRAME;
}

const read = (vmm: Vmm, address: number): number => vmm.guest.read32(gpa(address >>> 0));
const known = (vmm: Vmm, frame: number): number => (vmm.guest.hostFrame(frame) < 0 ? NO_FRAME : frame);

/** One byte of the guest's memory as the VMM reads it. */
export function guestByte(vmm: Vmm, address: Gpa): number {
  const offset = vmm.guest.offset(address);
  return offset < 0 ? 0xff : vmm.platform.memory.u8[offset];
}
