// Interpretation: every guest instruction is fetched, decoded and executed by a program of the host in user mode. Nothing runs
// directly, so nothing has to trap: the emulator sees every instruction anyway.
// Popek and Goldberg, CACM 17(7), 1974, call this a complete software interpreter machine and not a VMM.
import {defineCpuStrategy, EmulatorProcess} from 'worldswitch';
import {INTERPRETED} from './charges.ts';

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'interpretation',
  title: 'interpretation (instruction-set level)',
  home: 'host-user',
  needs: {memory: ['software-mmu'], architecture: ['hosted']},
  create: vmm => new EmulatorProcess(vmm, INTERPRETED),
});
