// However a kernel ends, it ends so under every technique, with its last exit counted: triple faults by each road that a
// reboot takes, sleep without end, the reset line.
import test from 'ava';
import {runCell} from './cell.ts';
import {guestImage} from './guests/guests.ts';
import type {Outcome} from './result.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const PLAIN = 'nehalem-2009', VIRTUALIZABLE = 'pentium4-2005[virtualizable]';
const TECHNIQUES: ReadonlyArray<readonly [technique: string, host: string]> = [
  ['hardware-assisted+shadow', PLAIN], ['hardware-assisted+shadow[policy=unsync]@hosted', PLAIN], ['hardware-assisted[halt=wait]+nested', PLAIN],
  ['hardware-assisted+agile', PLAIN], ['binary-translation+shadow', PLAIN], ['interpretation+software-mmu@hosted', PLAIN],
  ['dynamic-translation+software-mmu@hosted', PLAIN], ['trap-and-emulate+shadow', VIRTUALIZABLE], ['trap-and-emulate[model=0/3]+shadow', VIRTUALIZABLE],
];
const ENDINGS: ReadonlyArray<readonly [what: string, outcome: Outcome]> = [
  ['an invalid opcode without a gate', 'triple-fault'], ['a timer tick without a gate', 'triple-fault'], ['a timer tick without a gate, asleep', 'triple-fault'],
  ['a stack segment of another ring', 'triple-fault'], ['INT3 with an empty IDT', 'triple-fault'], ['INT 80h with an empty IDT', 'triple-fault'],
  ['the reset line', 'completed'], ['a push with nothing under the stack', 'triple-fault'], ['HLT with every line masked', 'deadlock'],
  ['HLT with interrupts disabled', 'deadlock'], ['a data segment that faults for ever', 'budget'], ['paging without page tables', 'triple-fault'],
  ['a far jump beyond the GDT', 'triple-fault'], ['IRET to beyond the GDT', 'triple-fault'], ['a segment of an empty GDT', 'triple-fault'],
];

for (const [technique, host] of TECHNIQUES) {
  ENDINGS.forEach(([what, outcome], end) => {
    test(`${technique}: ${what} ends as ${outcome}`, t => {
      const cell = runCell(cellSpec({workload: guestImage('endings'), technique, host, append: `end=${end}`, maxInstructions: 100_000}), catalogue);
      t.is(cell.outcome, outcome, cell.reason);
      t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    });
  });
}
