// Calibration and validation are kept apart: what is held out to confirm the model by may not be what a cost was set from. Each row
// is a held-out claim, with the words by which a source would name its figures.
import test from 'ava';
import {HOSTS} from './catalogue.ts';
import {COST_NAMES} from './costs.ts';

const HELD_OUT: ReadonlyArray<readonly [claim: string, what: string, names: RegExp]> = [
  ['7', 'fork and wait under both VMMs', /\[AA06\][^;]*fork/i],
  ['8', 'compute-bound programs', /\[XEN03\] fig|SPEC ?INT|SPECint/i],
  ['9', 'what nested paging takes away', /\[EPT09\]/],
  ['15', 'lmbench fork under Xen and VMware', /\[XEN03\][^;]*\b(fork|exec)\b/i],
  ['16 at 16p/64K', 'context switches of a large working set', /16p/i],
  ['18, fork and exec', 'fork and exec under KVM', /\[PVM23\][^;]*\b(fork|exec)\b/i],
  ['21', 'shadow against nested paging, by workload', /\[(EPT09|WANG11|AGILE16|AHN12)\]/],
  ['24', 'which technique wins on which generation', /\[EPT09\]|\[AA06\][^;]*fork/i],
  ['28b', 'processor time of a hosted network card', /\[SUG01\] (table 3|node15)/],
  ['30', 'exit-less interrupts', /\[ELI12\]/],
  ['32', 'throughput of split drivers', /\[XEN03\] table 6/],
  ['35', 'exits of a boot', /\[BOOT283\]/],
  ['37', 'out-of-sync shadow tables', /\[XEN-OOS\]/],
];

for (const [claim, what, names] of HELD_OUT) {
  test(`no cost is set from claim ${claim}: ${what}`, t => {
    const set = HOSTS.flatMap(({name, costs}) => COST_NAMES.filter(cost => names.test(costs[cost].source)).map(cost => `${name} ${cost}`));
    t.deepEqual(set, []);
  });
}

test('the words find what they are for', t => {
  t.true(HELD_OUT[0][2].test('[AA06] forkwait, 106.4 s less 6.0 s'));
  t.true(HELD_OUT[5][2].test('[PVM23] table 4, fork under kvm-spt'));
  t.false(HELD_OUT[0][2].test('[AA06] pgfault under VT-x'));
});
