// What an emulated instruction did to the guest's descriptor tables, which the shadow descriptors must know.
import {LDTR} from 'worldswitch';
import type {Instruction, ShadowDescriptors, Vmm} from 'worldswitch';

interface Followers {
  readonly vmm: Vmm;
  readonly descriptors: ShadowDescriptors;
}

export function follow({row: {mnemonic}}: Instruction, {vmm, descriptors}: Followers): void {
  const {cpu: virtual} = vmm.emulator;
  if (mnemonic === 'LGDT') return descriptors.load(virtual.gdtBase, virtual.gdtLimit);
  if (mnemonic === 'LLDT') return descriptors.loadLocal(virtual.segBase[LDTR], virtual.segAttributes[LDTR] === 0 ? -1 : virtual.segLimit[LDTR]);
  if (mnemonic === 'INVLPG') descriptors.remap();
}
