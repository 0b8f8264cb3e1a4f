// Claim 35: the boot of a whole operating system. It takes a kernel that `npm run boot-linux` has built; without one it waits.
import type {CachedSystem} from '../../cached-system.ts';
import {isExit} from '../../../ledger/transitions.ts';
import {atLeast, between} from '../band.ts';
import {awaited, quantity} from '../claim.ts';
import type {CellsOf, Claim, ClaimCell, Quantity} from '../claim.ts';

export const BOOT_CLAIM = '35';
const OTHER_SYSTEM = 'this kernel has no page-table isolation and runs one program, where the publication\'s boots a distribution; polled ports are most of its exits';

export function bootClaim(system: CachedSystem | null): Claim {
  return {
    number: BOOT_CLAIM, kind: 'R', source: '[BOOT283]',
    text: 'Exits of an operating system\'s boot, shadow paging over EPT: all 10 to 40 times, control registers and exceptions above 50, I/O and '
      + 'CPUID equal.',
    quantities: system === null ? [awaited('exits, shadow / EPT', '24.8', 'a kernel in the cache, which npm run boot-linux builds')] : measured(system),
  };
}

function measured({kernel, initrd}: CachedSystem): readonly Quantity[] {
  const cell = (technique: string): ClaimCell =>
    ({workload: kernel, technique, host: 'nehalem-2009', append: 'console=ttyS0', files: {modules: [], initrd}});
  const cells = {shadow: cell('hardware-assisted+shadow'), nested: cell('hardware-assisted+nested')};
  const exits = (name: 'shadow' | 'nested', results: CellsOf<'shadow' | 'nested'>, reason: string | null): number =>
    results[name].switches.filter(edge => isExit(edge) && (reason === null || edge.reason === reason)).reduce((sum, {count}) => sum + count, 0);
  // Why at least one below: nested paging may have none of a reason, and the ratio is then what shadow paging has.
  const ratio = (reason: string | null) => (results: CellsOf<'shadow' | 'nested'>): number => exits('shadow', results, reason) / Math.max(1, exits('nested', results, reason));
  return [
    quantity('I/O exits', {published: '1.06', band: between(0.9, 1.1), cells, measure: ratio('IO_INSTRUCTION')}),
    quantity('CPUID exits', {published: '1.00', band: between(0.9, 1.1), cells, measure: ratio('CPUID')}),
    quantity('exceptions', {published: '186', band: atLeast(50), cells, measure: ratio('EXCEPTION_NMI')}),
    quantity('INVLPG', {published: 'all', band: atLeast(50), cells, measure: ratio('INVLPG')}),
    quantity('control registers', {published: '474', band: atLeast(50), cells, measure: ratio('CR_ACCESS'), differs: OTHER_SYSTEM}),
    quantity('all exits', {published: '24.8', band: between(10, 40), cells, measure: ratio(null), differs: OTHER_SYSTEM}),
  ];
}
