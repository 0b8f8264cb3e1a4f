import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import type {Check} from './doctor-checks.ts';
import {commandLine} from './testing-cli.ts';

test('everything is looked at, in lines that fit, for people, as JSON and for a bug report', async t => {
  const {run} = commandLine(t);
  const plain = await run(['doctor']);
  t.is(plain.status, 0);
  for (const about of ['worldswitch', 'Node', 'processor', 'frequency', 'load', 'noise', 'configuration', 'plugins', 'matrix', '/dev/kvm', 'tools', 'terminal']) t.regex(plain.out, new RegExp(`^(?:ok|note) +${about} `, 'm'));
  t.regex(plain.out, /\n(?:Everything is in place|Everything works; \d+ to know about)\.\n$/);
  t.true(plain.out.split('\n').every(line => line.length <= 100));
  const {checks} = JSON.parse((await run(['doctor', '--json'])).out) as {checks: Check[]};
  t.is(checks.find(({about}) => about === 'matrix')!.found, '2 cells, 0 of them refused');
  t.regex((await run(['doctor', '--report'], {command: ['worldswitch', 'doctor', '--report']})).out, /^```text\ncommand: worldswitch doctor --report\nworldswitch: \d[^]*```\n$/);
});

const BROKEN: ReadonlyArray<readonly [what: string, config: object, found: RegExp]> = [
  ['a wrong field', {samplez: 1}, /unknown field 'samplez'/], ['a plugin that is not there', {plugins: ['./gone']}, /plugin '\.\/gone'/], ['a folder nobody can write to', {out: './package.json/reports'}, /package\.json is a file; choose another folder/],
];
for (const [what, config, found] of BROKEN) {
  test(`${what} is a problem, exit 1`, async t => {
    const {status, out} = await commandLine(t, {}, config).run(['doctor']);
    t.is(status, 1);
    t.regex(out, /^PROBLEM/m);
    t.regex(out.replaceAll(/\s+/g, ' '), found);
  });
}

test('--aa runs cells twice and compares them', async t => {
  const {root, run} = commandLine(t, {'runner.mjs': `
    import {runCell as run} from ${JSON.stringify(new URL('../lab/testing/runner.js', import.meta.url).href)};
    export const runCell = spec => ({...run({...spec, workload: 'quick'}), workload: spec.workload, console: ''});`});
  const {status, out} = await run(['doctor', '--aa'], {runner: pathToFileURL(join(root, 'runner.mjs')).href});
  t.is(status, 0);
  t.regex(out, /A\/A counts +Identical/);
  t.regex(out, /A\/A time +nothing was measured/);
});
