import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {commandLine} from './testing-cli.ts';

test('a baseline is written, holds no price and no time, and is the same when written again', async t => {
  const {run, root} = commandLine(t);
  const file = join(root, 'reports/baseline/default.json');
  t.is((await run(['baseline'])).status, 0);
  const first = readFileSync(file, 'utf8');
  t.regex(first, /"clock": "instructions"/);
  t.is((await run(['baseline'])).status, 0);
  t.is(readFileSync(file, 'utf8'), first);
  t.is((await run(['baseline', '--check'])).status, 0);
});

test('a count that differs, or a cell that is new or gone, fails with exit 3 and says which', async t => {
  const {run, root} = commandLine(t);
  await run(['baseline', 'mine']);
  const file = join(root, 'reports/baseline/mine.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"emulated":0', '"emulated":7'));
  const changed = await run(['baseline', 'mine', '--check']);
  t.is(changed.status, 3);
  t.regex(changed.out, /changed: quick \| native \| nehalem-2009\n.*\n +emulated +7 +0 +-100\.0%[^]*run 'npm run baseline'/);
  const baseline = JSON.parse(text) as {cells: object[]};
  writeFileSync(file, JSON.stringify({...baseline, cells: baseline.cells.slice(1)}));
  const added = await run(['baseline', 'mine', '--check']);
  t.is(added.status, 3);
  t.regex(added.out, /Only in this run: 1 cell/);
});

test('what is no baseline, a name that is none, and a baseline that is missing are sentences', async t => {
  const {run} = commandLine(t, {'reports/baseline/bad.json': '{"baseline": 1}'});
  for (const [argv, sentence] of [
    [['bad', '--check'], /bad\.json is not a baseline/], [['gone', '--check'], /there is no baseline .*gone\.json; write it/], [['../up'], /'\.\.\/up' holds more than letters/],
  ] as const) {
    const {status, out, err} = await run(['baseline', ...argv]);
    t.is(status, 2);
    t.is(out, '');
    t.regex(err, sentence);
  }
});

test('a strategy that breaks its claim outweighs a changed count', async t => {
  const {run} = commandLine(t, {}, {workloads: ['unequal']});
  t.is((await run(['baseline'])).status, 4);
  t.is((await run(['baseline', '--check'])).status, 4);
});
