// Shadow page tables: the hardware walks tables that the VMM makes, the guest's own are only read. Policies: `traced` (guest
// tables are write-protected and every write to them is emulated), `unsync` (leaf tables may go out of step until INVLPG or a
// CR3 load, as in KVM), `virtual-tlb` (nothing is protected, a CR3 load drops everything). Where a new address or register
// goes is in shadow.ts, what a fault means in faults.ts.
// Adams and Agesen, ASPLOS 2006, 4.2; Linux, Documentation/virt/kvm/x86/mmu.rst.
import {defineMemoryStrategy} from 'worldswitch';
import {clash, settingsOf, SHADOW_OPTIONS} from './settings.ts';
import {Shadow} from './shadow.ts';

export default defineMemoryStrategy({
  apiVersion: 1,
  kind: 'memory',
  name: 'shadow',
  title: 'shadow page tables',
  needs: {cpu: ['binary-translation', 'hardware-assisted', 'trap-and-emulate']},
  options: SHADOW_OPTIONS,
  refuses: clash,
  create: (vmm, chosen) => new Shadow(vmm, settingsOf(chosen, vmm)),
});
