// Guests that try everything in and out of their ring come out as on bare metal on a virtualizable host, in both models.
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {divergence} from '../../../src/lab/equivalence.ts';
import {runGuest} from '../../../src/lab/guest-run.ts';
import {guestImage} from '../../../src/lab/guests/guests.ts';
import {packageFolder} from '../../../src/lab/own-files.ts';
import {catalogue, cellSpec} from '../../../src/lab/testing/real-cells.ts';

const HOST = 'pentium4-2005[virtualizable]';
const MODELS = ['trap-and-emulate+shadow', 'trap-and-emulate[model=0/3]+shadow'];
const OTHERS = ['trap-and-emulate[iret=trap]+shadow', 'trap-and-emulate[iret=trap,model=0/3]+shadow', 'trap-and-emulate+shadow[write=zap]'];

function sameUnder(t: ExecutionContext, techniques: readonly string[], guest: {readonly workload: string; readonly append?: string}): void {
  const request = {...guest, host: HOST};
  const reference = runGuest(cellSpec({...request, technique: 'native'}), catalogue, {clock: 'instructions'});
  t.is(reference.ending.outcome, 'completed');
  for (const technique of techniques) {
    t.is(divergence(runGuest(cellSpec({...request, technique}), catalogue, {clock: 'instructions'}), reference), null, `${technique} ${guest.append ?? ''}`);
  }
}

for (const image of ['exceptions', 'interrupts', 'limits', 'page-faults', 'protection', 'transfers']) {
  test(`${image}.elf: exceptions, transfers and rights are those of bare metal in both models`, t => {
    sameUnder(t, MODELS, {workload: join(packageFolder, 'src/oracle/qemu/images', `${image}.elf`)});
  });
}

for (const guest of ['paging', 'segments']) {
  for (let seed = 1; seed <= 4; seed++) {
    test(`${guest}, history ${seed}: as on bare metal in both models and under every option`, t => {
      sameUnder(t, [...MODELS, ...OTHERS], {workload: guestImage(guest), append: `seed=${seed} steps=400`});
    });
  }
}
