import {join} from 'node:path';
import test from 'ava';
import type {ExecutionContext} from 'ava';
import {loadConfig} from './config.ts';
import {folder} from './testing/folder.ts';

const DEFAULTS = {workloads: ['syscall'], techniques: ['native'], hosts: ['nehalem-2009'], clock: 'cycles', samples: 3};

/** A folder with the given files, and the defaults in it. */
function place(t: ExecutionContext, files: Record<string, string>): {readonly root: string; readonly defaults: string} {
  const root = folder(t, {...files, 'own/.benchrc.json': JSON.stringify(DEFAULTS)});
  return {root, defaults: join(root, 'own/.benchrc.json')};
}

test('without a configuration the default matrix applies, and reports go to the current folder', async t => {
  const {root, defaults} = place(t, {'package.json': '{}'});
  const config = await loadConfig({cwd: root, defaults});
  t.like(config, {...DEFAULTS, file: null, out: join(root, 'reports'), jobs: null, maxInstructions: null, formats: null});
});

test('searching goes upward to the nearest package.json and no further', async t => {
  const {root, defaults} = place(t, {'.benchrc.json': '{"samples": 1}', 'a/package.json': '{}', 'b/c/x': '', 'a/d/x': ''});
  t.is((await loadConfig({cwd: join(root, 'b/c'), defaults})).file, join(root, '.benchrc.json'));
  t.is((await loadConfig({cwd: join(root, 'a/d'), defaults})).file, null);
});

test('a missing field keeps its default; relative places count from the file that gives them', async t => {
  const {root, defaults} = place(t, {'.benchrc.json': '{"samples": 0, "workloads": ["./k.elf"], "out": "r"}', 'sub/x': ''});
  const config = await loadConfig({cwd: join(root, 'sub'), defaults});
  t.like(config, {samples: 0, workloads: ['./k.elf'], workloadsBase: root, techniques: ['native'], out: join(root, 'r')});
  t.is(config.plugins.base, join(root, 'own'));
});

test('--config names the file, its plugins count from there', async t => {
  const {root, defaults} = place(t, {'.benchrc.json': '{"samples": 1}', 'x/mine.json': '{"samples": 2, "plugins": ["./p.ts"]}'});
  const config = await loadConfig({cwd: root, file: 'x/mine.json', defaults});
  t.like(config, {samples: 2, file: join(root, 'x/mine.json'), out: join(root, 'x/reports')});
  t.deepEqual(config.plugins, {entries: ['./p.ts'], base: join(root, 'x'), source: join(root, 'x/mine.json')});
});

const PLACES: Readonly<Record<string, string>> = {
  '.benchrc': 'samples: 7',
  '.benchrc.json': '{"$schema": "./s.json", "samples": 7}',
  '.benchrc.yaml': 'samples: 7\n',
  '.benchrc.ts': 'const samples: number = 7; export default {samples};',
  'bench.config.ts': "import {oneOf} from 'worldswitch'; export default {samples: typeof oneOf === 'function' ? 7 : 0};",
  'bench.config.mjs': 'export default {samples: 7};',
  'package.json': '{"bench": {"samples": 7}}',
};

for (const [name, text] of Object.entries(PLACES)) {
  test(`${name} is found`, async t => {
    const {root, defaults} = place(t, {[name]: text});
    t.like(await loadConfig({cwd: root, defaults}), {samples: 7, file: join(root, name)});
  });
}

const WRONG: ReadonlyArray<readonly [text: string, sentence: RegExp]> = [
  ['{"sample": 1}', /unknown field 'sample'; known: \$schema, plugins, workloads/],
  ['{"samples": "3"}', /field 'samples' is "3"; it must be a number$/],
  ['{"samples": -1}', /field 'samples' is -1; it must be 0 or more$/],
  ['{"samples": 1.5}', /field 'samples' is 1\.5; it must be a whole number$/],
  ['{"jobs": 0}', /field 'jobs' is 0; it must be 1 or more$/],
  ['{"clock": "wall"}', /field 'clock' is "wall"; it must be cycles or instructions$/],
  ['{"techniques": "native"}', /field 'techniques' is "native"; it must be an array$/],
  ['{"techniques": ["native", 5]}', /field 'techniques\.1' is 5; it must be a string$/],
  ['{"params": {"iterations": true}}', /field 'params\.iterations' is true; it must be a string, a number or an array of them$/],
  ['{"plugins": [["./x", 5]]}', /field 'plugins\.0' is an array; it must be a string or \["entry", \{options\}\]$/],
  ['[]', /the configuration must be an object$/],
  ['5', /the configuration must be an object$/],
  ['{"samples": 1,}', /not valid JSON: .*line 1, column 15$/],
  ['{\n  "samples"\n', /not valid JSON: the text ends .*line 3, column 1$/],
];

for (const [text, sentence] of WRONG) {
  test(`${JSON.stringify(text)}: ${sentence.source}`, async t => {
    const {root, defaults} = place(t, {'.benchrc.json': text});
    const error = await t.throwsAsync(loadConfig({cwd: root, defaults}), {name: 'UsageError', message: sentence});
    t.true(error?.message.startsWith(`configuration ${join(root, '.benchrc.json')}: `));
    t.notRegex(error?.message ?? '\n', /\n/);
  });
}

test('a malformed package.json on the way is named with line and column', async t => {
  const {root, defaults} = place(t, {'package.json': '{\n "name": }'});
  await t.throwsAsync(loadConfig({cwd: root, defaults}), {name: 'UsageError', message: /package\.json: not valid JSON: .*line 2, column 10/});
});

test('a configuration that throws or does not exist is one sentence with its file', async t => {
  const {root, defaults} = place(t, {'bench.config.mjs': 'throw new Error("no luck\\ntoday");'});
  await t.throwsAsync(loadConfig({cwd: root, defaults}), {name: 'UsageError', message: `configuration ${join(root, 'bench.config.mjs')}: no luck today`});
  await t.throwsAsync(loadConfig({cwd: root, file: 'none.json', defaults}), {name: 'UsageError', message: /none\.json does not exist$/});
});
