// Ring deprivileging: the guest's kernel runs in ring 1 or 3, its programs in ring 3, and the VMM owns ring 0 and the IDT. What
// is privileged raises #GP and is emulated. What is sensitive but not privileged runs silently on the VMM's state; that is why
// x86 before hardware assistance could not be virtualized this way (Popek and Goldberg 1974; Robin and Irvine, USENIX Security
// 2000). On a host with `virtualizable` those trap too.
import {defineCpuStrategy, oneOf, options} from 'worldswitch';
import {TrapAndEmulate} from './strategy.ts';

const HOLE = 'POPF and IRET drop IF without a trap, and PUSHF, SMSW, SGDT and MOV from CS show the VMM\'s state (Robin and Irvine 2000)';

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'trap-and-emulate',
  title: 'ring deprivileging with trap-and-emulate',
  needs: {memory: ['shadow']},
  options: options({model: oneOf(['0/1/3', '0/3']), iret: oneOf(['silent', 'trap'])}),
  equivalence: features => (features['virtualizable'] === true ? null : HOLE),
  create: (vmm, {model, iret}) => new TrapAndEmulate(vmm, {kernelRing: model === '0/3' ? 3 : 1, trapIret: iret === 'trap'}),
});
