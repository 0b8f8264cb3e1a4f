// More than fifty thousand programs of drivers that keep no rule, at the devices' own registers, over memory as a VMM has it. Whatever they do: nothing is
// thrown, no byte outside the guest changes, a request that cannot be right fails and is seen to have failed, and a reset mends the device.
// The seeds are fixed. Hostile front ends of Xen's rings are tried where those are.
import test, {type ExecutionContext} from 'ava';
import {AT_ONCE} from '../devices/disk/disk.ts';
import {CardBench} from './testing/hostile/card-programs.ts';
import {Chance} from './testing/hostile/chance.ts';
import {FAILURES, IdeBench} from './testing/hostile/ide-programs.ts';
import {PcnetBench} from './testing/hostile/pcnet-programs.ts';
import {DAMAGES, INDIRECT_AGREED, INDIRECT_DAMAGES, VirtioBench, type VirtioFamily} from './testing/hostile/virtio-programs.ts';

/** A rightful request is made after so many programs. */
const BETWEEN_CHECKS = 16;
const FLASH = {accessSeconds: 0.0001, bytesPerSecond: 10_000_000};

interface Bench {
  readonly guest: {readonly isIntact: boolean};
  readonly works: boolean;
}

/** Programs one after another on one device, each checked, the device tried in between. */
function hold(t: ExecutionContext, bench: Bench, {programs, run}: {programs: number; run: (number: number) => void}): void {
  for (let number = 0; number < programs; number++) {
    try {
      run(number);
    } catch (error) {
      return t.fail(`program ${number} threw ${(error as Error).stack}`);
    }
    if (!bench.guest.isIntact) return t.fail(`program ${number} changed memory outside the guest`);
    if (number % BETWEEN_CHECKS === 0 && !bench.works) return t.fail(`the device no longer works after program ${number}`);
  }
  t.true(bench.works);
}

for (const [family, speed, programs] of [['block', FLASH, 10_000], ['cached block', AT_ONCE, 5000]] as ReadonlyArray<readonly [VirtioFamily, typeof FLASH, number]>) {
  test(`virtio ${family}: ${programs} programs by chance`, t => {
    const [bench, chance] = [new VirtioBench(family, speed), new Chance(programs)];
    let broken = 0;
    hold(t, bench, {programs, run() {
      bench.noise(chance);
      bench.run();
      if (bench.isBroken) broken++;
    }});
    t.true(broken > programs / 10, `${broken} broke the device`);
  });
}

for (const [what, features, damages, programs] of [
  ['direct', 0, DAMAGES, 6000], ['indirect', INDIRECT_AGREED, INDIRECT_DAMAGES, 3000],
] as const) {
  test(`virtio, ${what} descriptors: each of ${programs} damaged requests leaves the device in need of a reset, and dead until then`, t => {
    const [bench, chance] = [new VirtioBench('block', FLASH), new Chance(programs)];
    hold(t, bench, {programs, run(number) {
      const [name, damage] = damages[number % damages.length];
      bench.start(features);
      bench.goodRead(number % 256);
      damage(bench, chance);
      bench.kick();
      bench.run();
      if (!bench.isBroken) throw new Error(`${name}: the device is not marked`);
      const {kicks} = bench.device;
      bench.kick();
      if (bench.device.kicks !== kicks || bench.clock.next() !== Infinity) throw new Error(`${name}: the broken device was served`);
    }});
  });
}

test('a ring that its own data fills anew is served in pieces: one kick does not hold the host for ever', t => {
  const bench = new VirtioBench('cached block', AT_ONCE);
  bench.start(0);
  bench.feedItself();
  bench.kick();
  t.is(bench.served, 128);
  bench.run();
  t.is(bench.served, 257, 'the last one lies beyond the disk and fails');
});

test('virtio network: 6000 programs by chance', t => {
  const [bench, chance] = [new VirtioBench('network', FLASH), new Chance(3)];
  hold(t, {guest: bench.guest, works: true}, {programs: 6000, run() {
    bench.noise(chance);
    bench.run();
  }});
});

test('IDE: 8000 programs by chance', t => {
  const [bench, chance] = [new IdeBench(), new Chance(4)];
  hold(t, bench, {programs: 8000, run() {
    bench.noise(chance);
    bench.run();
  }});
});

test('IDE: each of 4000 impossible requests fails where the driver sees it', t => {
  const [bench, chance] = [new IdeBench(), new Chance(5)];
  hold(t, bench, {programs: 4000, run(number) {
    const [name, fails] = FAILURES[number % FAILURES.length];
    bench.reset();
    if (!fails(bench, chance)) throw new Error(`${name}: no error is shown`);
  }});
});

test('IDE: a table of regions does not go on across 64 KiB, however small its pieces are', t => {
  const bench = new IdeBench();
  for (let index = 0; index < 4; index++) bench.guest.put32(0xfff8 + 4 * index, index % 2 === 0 ? 0x1000 : index === 1 ? 256 : 256 | 0x8000_0000);
  bench.dma(false, 3, 0xfff8);
  t.true(bench.failed);
});

test('e1000: 8000 programs by chance', t => {
  const [bench, chance] = [new CardBench(), new Chance(6)];
  hold(t, bench, {programs: 8000, run() {
    bench.noise(chance);
  }});
});

test('PCnet: 6000 programs by chance', t => {
  const [bench, chance] = [new PcnetBench(), new Chance(7)];
  hold(t, bench, {programs: 6000, run() {
    bench.noise(chance);
  }});
});
