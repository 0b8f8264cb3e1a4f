// The images of the privileged-state oracle (exceptions, transfers, page faults, interrupts, protection, limits) under the
// techniques that take an unmodified guest: whatever they provoke must come out as on bare metal.
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {divergence} from './equivalence.ts';
import {runGuest} from './guest-run.ts';
import {packageFolder} from './own-files.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const FOLDER = join(packageFolder, 'src/oracle/qemu/images');
const IMAGES = readdirSync(FOLDER).filter(name => name.endsWith('.elf'));

test('there are images to run', t => {
  t.true(IMAGES.length >= 6);
});

for (const image of IMAGES) {
  test(`${image}: exceptions, transfers and rights are those of bare metal under other techniques`, t => {
    const workload = join(FOLDER, image);
    const reference = runGuest(cellSpec({workload, technique: 'native'}), catalogue, {clock: 'instructions'});
    t.is(reference.ending.outcome, 'completed');
    for (const technique of ['hardware-assisted+shadow', 'hardware-assisted+nested', 'interpretation+software-mmu@hosted', 'dynamic-translation+software-mmu@hosted']) {
      const run = runGuest(cellSpec({workload, technique}), catalogue, {clock: 'instructions'});
      t.is(divergence(run, reference), null, technique);
    }
  });
}

/** What ring compression has ways of its own for: descriptors it never shows the processor, modes that it interprets, breakpoints in translated code. */
const COMPRESSED: ReadonlyArray<readonly [technique: string, host: string]> = [
  ['trap-and-emulate+shadow', 'pentium4-2005[virtualizable]'], ['binary-translation+shadow', 'pentium4-2005'],
];
for (const image of ['virtual-8086.elf', 'real-mode.elf', 'debug.elf']) {
  test(`${image}: and under ring compression`, t => {
    const workload = join(FOLDER, image);
    const reference = runGuest(cellSpec({workload, technique: 'native'}), catalogue, {clock: 'instructions'});
    for (const [technique, host] of COMPRESSED) {
      const run = runGuest(cellSpec({workload, technique, host}), catalogue, {clock: 'instructions'});
      t.is(divergence(run, reference), null, technique);
      t.true(run.platform.recorder.emulated > 1000);
    }
  });
}
