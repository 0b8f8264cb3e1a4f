// What an emulated instruction did to the guest's processor that others must know: the memory strategy, the shadow descriptors, and
// the pages that translations were made from.
import {CR0_PG, LDTR} from 'worldswitch';
import type {Instruction, ShadowDescriptors, Vmm} from 'worldswitch';
import type {CodePages} from './code-pages.ts';

interface Followers {
  readonly vmm: Vmm;
  readonly descriptors: ShadowDescriptors;
  readonly pages: CodePages;
}

export function follow({row, reg}: Instruction, {vmm, descriptors, pages}: Followers): void {
  const {cpu: virtual} = vmm.emulator;
  const {memory} = vmm.strategies;
  const {mnemonic, operands} = row;
  if (mnemonic === 'LGDT') return descriptors.load(virtual.gdtBase, virtual.gdtLimit);
  if (mnemonic === 'LLDT') return descriptors.loadLocal(virtual.segBase[LDTR], virtual.segAttributes[LDTR] === 0 ? -1 : virtual.segLimit[LDTR]);
  if (mnemonic === 'INVLPG') return descriptors.remap();
  if (mnemonic === 'CLTS' || mnemonic === 'LMSW') return memory.writeCr0(virtual.cr0);
  if (operands[0] !== 'Cd') return;
  const paged = vmm.registers().cr0 & CR0_PG;
  if (reg === 0) memory.writeCr0(virtual.cr0);
  else if (reg === 3) memory.writeCr3(virtual.cr3);
  else if (reg === 4) memory.writeCr4(virtual.cr4);
  descriptors.remap();
  if (reg !== 0 || paged !== (virtual.cr0 & CR0_PG)) pages.verify();
}
