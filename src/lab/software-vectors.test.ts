// A program that raises every vector with INT: the gate decides, not the number, so INT 14 is no page fault and INT 8 no double fault.
import test from 'ava';
import {runCell} from './cell.ts';
import {guestImage} from './guests/guests.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const TECHNIQUES: ReadonlyArray<readonly [technique: string, host: string]> = [
  ['hardware-assisted+shadow', 'nehalem-2009'], ['hardware-assisted+nested', 'nehalem-2009'], ['binary-translation+shadow', 'pentium4-2005'],
  ['trap-and-emulate+shadow', 'pentium4-2005[virtualizable]'], ['trap-and-emulate[model=0/3]+shadow', 'pentium4-2005[virtualizable]'],
  ['interpretation+software-mmu@hosted', 'nehalem-2009'], ['dynamic-translation+software-mmu@hosted', 'nehalem-2009'],
];

for (const [technique, host] of TECHNIQUES) {
  test(`${technique}: INT n takes the gate or its refusal, whatever the vector means to the processor`, t => {
    const cell = runCell(cellSpec({workload: guestImage('software-vectors'), technique, host}), catalogue);
    t.is(cell.outcome, 'completed', cell.reason);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    const lines = cell.console.split('\n');
    t.true(lines.includes('0000000d 00000072 0000002a'), 'a gate of the kernel\'s: #GP');
    t.true(lines.includes('0000000e ffffffff 0000002c'), 'a gate for programs: its handler');
    t.true(lines.includes('0000000b 00000072 0000002a'), 'a gate that is not present: #NP');
  });
}
