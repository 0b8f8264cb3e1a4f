// Claim 8: programs that compute in user mode run natively under every technique that executes them directly.
// Barham et al. 2003, figure 3 (SPEC INT2000: 567, 567, 554, 550); Adams and Agesen 2006, 6.1.
import {atLeast, between} from '../band.ts';
import type {Claim, Quantity} from '../claim.ts';
import {ratio} from './ratio.ts';
import {BT, EPT, INTERPRETER, NATIVE, NEHALEM, PENTIUM4, PV, RING_COMPRESSION, VTX} from './techniques.ts';

const WITHIN_5_PERCENT = between(0.95, 1.05);
const PROGRAMS = ['sieve', 'sha256'];

const compute = (name: string, technique: string, host: string): readonly Quantity[] => PROGRAMS.map(workload =>
  ratio(`${workload}, ${name} / native`, {published: '0.97 to 1.00', band: WITHIN_5_PERCENT, workload, host, of: [technique, NATIVE]}));

export const COMPUTE: readonly Claim[] = [
  {
    number: '8', kind: 'Q', source: '[XEN03] figure 3, [AA06] 6.1',
    text: 'User-mode computation: every technique but emulation within 5 % of native, an interpreter at least 10 times slower.',
    quantities: [
      ...compute('VT-x with shadow paging', VTX, PENTIUM4), ...compute('VT-x with EPT', EPT, NEHALEM), ...compute('ring compression', RING_COMPRESSION, PENTIUM4),
      ...compute('binary translation', BT, PENTIUM4), ...compute('paravirtual', PV, PENTIUM4),
      ...PROGRAMS.map(workload => ratio(`${workload}, interpreter / native`, {
        published: 'at least 10', band: atLeast(10), workload, host: PENTIUM4, of: [INTERPRETER, NATIVE],
      })),
    ],
  },
];
