// A disk boots: the services of the BIOS answer as a PC's do, and what only the screen tells is shown.
import test from 'ava';
import {runCell} from './cell.ts';
import {guestImage} from './guests/guests.ts';
import {planCells} from './plan.ts';
import type {CellSpec} from './spec.ts';
import {catalogue} from './testing/real-cells.ts';

function bootSpec(name: string, {technique = 'native', host = 'nehalem-2009', keys}: {technique?: string; host?: string; keys?: string} = {}): CellSpec {
  const file = guestImage(name);
  const [cell] = planCells({
    workloads: [], techniques: [technique], hosts: [host], clock: 'cycles', samples: 0, maxInstructions: 1e6, params: {}, memoryMiB: 64, append: '',
    bootsDisk: file, keys, disk: {file, keep: false}, base: '/', checkImage: () => [],
  }, catalogue);
  return cell.spec;
}

const ANSWERS = `drive 0080
map 0000 0000 0009 fc00 0001
map 0009 fc00 0000 0400 0002
map 000f 0000 0001 0000 0002
map 0010 0000 03f0 0000 0001
sizes 3c00 0300 fc00 027f 0220
disk 003f 0f01 7669 7264 0100 0100
clock 0003 2000 0101 0001 0000 0001
video 010b 5003 0773
keys 1e61 3042
protected e880 2cbe
done
`;

/** skylake-2016 enters real mode in non-root operation; elsewhere the VMM interprets it. */
const TECHNIQUES: ReadonlyArray<readonly [technique: string, host: string]> = [
  ['native', 'nehalem-2009'], ['hardware-assisted+nested', 'nehalem-2009'], ['hardware-assisted+nested', 'skylake-2016'], ['hardware-assisted+shadow@hosted', 'nehalem-2009'],
  ['binary-translation+shadow', 'nehalem-2009'], ['trap-and-emulate+shadow', 'pentium4-2005[virtualizable]'], ['trap-and-emulate[model=0/3]+shadow', 'pentium4-2005[virtualizable]'],
  ['dynamic-translation+software-mmu@hosted', 'nehalem-2009'], ['interpretation+software-mmu@hosted', 'nehalem-2009'],
];
for (const [technique, host] of TECHNIQUES) {
  test(`${technique} on ${host}: a boot sector asks the BIOS for memory, disk, clock, screen and keys, and goes to protected mode and back`, t => {
    const cell = runCell(bootSpec('boot-services', {technique, host, keys: 'aB'}), catalogue);
    t.is(cell.console.replaceAll(' \n', '\n'), ANSWERS);
    t.is(cell.exitCode, 0x21);
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
  });

  test(`${technique} on ${host}: a disk that prints nothing shows its screen`, t => {
    const cell = runCell(bootSpec('boot-screen', {technique, host}), catalogue);
    t.is(cell.outcome, 'deadlock');
    t.is(cell.screen, 'Nothing to load');
    t.is(cell.console, 'Nothing to load\n');
    t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
  });
}
