// A guest that prints with REP OUTS, under every way to carry the instruction out: each moves its own width, and a long console arrives whole.
import test from 'ava';
import {runCell} from './cell.ts';
import {guestImage} from './guests/guests.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const TECHNIQUES = ['native', 'hardware-assisted+nested', 'hardware-assisted+shadow@hosted', 'binary-translation+shadow', 'interpretation+software-mmu@hosted'];
const LENGTH = 150_000;

for (const technique of TECHNIQUES) {
  test(`${technique}: REP OUTS moves bytes, words and doublewords`, t => {
    const cell = runCell(cellSpec({workload: guestImage('string-output'), technique, host: 'nehalem-2009'}), catalogue);
    t.is(cell.outcome, 'completed', cell.reason);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    const [first, pointers, rest] = cell.console.split('\n');
    t.is(first, 'started');
    t.is(pointers, 'sta00000003000000060000000c');
    t.is(rest.length, LENGTH);
    t.is(rest.slice(-26), Array.from({length: 26}, (_, at) => String.fromCharCode(97 + (LENGTH - 26 + at) % 26)).join(''));
  });
}
