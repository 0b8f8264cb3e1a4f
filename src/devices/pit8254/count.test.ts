// Intel 82C54 datasheet (231244): OUT as drawn in the timing diagrams of each mode, one character for each CLK pulse
// from the one that loads the count.
import test from 'ava';
import {countingElement, type Mode, nextEdge, nextReload, outLevel} from './count.ts';

const waves: Array<[mode: Mode, count: number, wave: string]> = [
  [0, 4, '____^^^^^^'],
  [1, 3, '___^^^^^^'],
  [2, 3, '^^_^^_^^_'],
  [2, 4, '^^^_^^^_'],
  [3, 4, '^^__^^__^'],
  [3, 5, '^^^__^^^__'],
  [3, 2, '^_^_^_'],
  [4, 3, '^^^_^^^^'],
  [5, 3, '^^^_^^^^'],
];
for (const [mode, count, wave] of waves) {
  const levels = wave.split('').map(level => level === '^');
  test(`mode ${mode}, count ${count}: OUT is ${wave}`, t => {
    t.deepEqual(levels.map((_, elapsed) => outLevel(mode, count, elapsed)), levels);
  });
  test(`mode ${mode}, count ${count}: the next edge is where ${wave} changes`, t => {
    for (let elapsed = 0; elapsed < levels.length - 2; elapsed++) {
      const edge = nextEdge(mode, {at: 100, count}, elapsed);
      const isPulsed = mode === 2 || mode >= 4;
      const change = levels.findIndex(
        (level, index) => index > elapsed && level !== levels[index - 1] && (level || !isPulsed),
      );
      if (change === -1) continue;
      t.is(edge?.tick, 100 + change, `after ${elapsed}`);
      t.is(edge?.kind, isPulsed ? 'pulse' : levels[change] ? 'rise' : 'fall');
    }
  });
}

const elements: Array<[mode: Mode, count: number, values: number[]]> = [
  [0, 3, [3, 2, 1, 0, 0xffff, 0xfffe]],
  [1, 2, [2, 1, 0, 0xffff]],
  [2, 3, [3, 2, 1, 3, 2, 1]],
  [2, 0x10000, [0, 0xffff, 0xfffe]],
  [3, 4, [4, 2, 4, 2]],
  [3, 5, [4, 2, 0, 4, 2, 4]],
  [3, 0x10000, [0, 0xfffe]],
  [4, 2, [2, 1, 0, 0xffff]],
];
for (const [mode, count, values] of elements) {
  test(`mode ${mode}, count ${count}: the counting element runs ${values.join(', ')}`, t => {
    t.deepEqual(values.map((_, elapsed) => countingElement(mode, {count, elapsed, modulus: 0x10000})), values);
  });
}

test('in BCD the counting element goes from 0 to 9999', t => {
  t.deepEqual([0, 1, 2].map(elapsed => countingElement(0, {count: 1, elapsed, modulus: 10_000})), [1, 0, 9999]);
});

test('one-shot modes have no edge after their expiry', t => {
  for (const mode of [0, 1, 4, 5] as const) t.is(nextEdge(mode, {at: 0, count: 3}, 4), null, `mode ${mode}`);
});

test('mode 2 reloads at the end of a period, mode 3 at the end of a half', t => {
  const run = {at: 10, count: 5};
  t.deepEqual([0, 4, 5].map(elapsed => nextReload(2, run, elapsed)), [15, 15, 20]);
  t.deepEqual([0, 2, 3, 4, 5].map(elapsed => nextReload(3, run, elapsed)), [13, 13, 15, 15, 18]);
});
