// Bare metal: the guest's kernel owns the machine. No VMM, no exits; the baseline every other technique is compared with.
import {defineCpuStrategy, runBareMetal} from 'worldswitch';

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'native',
  title: 'bare metal, no virtualization',
  needs: {memory: ['none'], io: ['none'], architecture: ['none']},
  create: vmm => ({run: () => runBareMetal(vmm.platform)}),
});
