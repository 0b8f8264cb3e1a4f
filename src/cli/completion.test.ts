import {spawnSync} from 'node:child_process';
import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {folder} from '../lab/testing/folder.ts';
import {commandLine} from './testing-cli.ts';

const ROWS: ReadonlyArray<readonly [words: readonly string[], found: readonly string[]]> = [
  [['comp'], ['compare', 'completion']], [['run', 'qui'], ['quick']], [['run', 'quick', '--tech'], ['--technique']], [['run', '--technique', 'nat'], ['native']],
  [['run', '--technique', 'hardware-assisted+sh'], ['hardware-assisted+shadow', 'hardware-assisted+shadow@hosted']], [['run', '--host', 'neh'], ['nehalem-2009', 'nehalem-2009[virtualizable]']],
  [['report', 'x.json', '--format', 'j'], ['json', 'junit']], [['list', 'p'], ['plugins', 'presets']], [['init', 'plugin', 'me'], ['memory']], [['completion', ''], ['bash', 'zsh', 'fish']], [['nope', ''], []],
];
for (const [words, found] of ROWS) {
  test(`${words.join(' ')}: ${found.join(', ') || 'nothing'}`, async t => {
    const {status, out} = await commandLine(t).run(['complete', '--', ...words]);
    t.is(status, 0);
    t.deepEqual(out.split('\n').filter(word => word !== ''), found);
  });
}

test('bash completes a technique behind its last + @ or =, as its own word breaks want it', async t => {
  const root = folder(t, {});
  const script = (await commandLine(t).run(['completion', 'bash'])).out;
  writeFileSync(join(root, 'worldswitch'), "#!/bin/bash\nprintf '%s\\n' hardware-assisted+shadow hardware-assisted+shadow@hosted \"asked:$*\"\n");
  chmodSync(join(root, 'worldswitch'), 0o755);
  writeFileSync(join(root, 'test.sh'), `${script}\nCOMP_LINE='worldswitch run --technique hardware-assisted+shadow@h'; COMP_POINT=\${#COMP_LINE}; _worldswitch; printf '%s\\n' "\${COMPREPLY[@]}"`);
  const {stdout, stderr} = spawnSync('bash', [join(root, 'test.sh')], {encoding: 'utf8', env: {...process.env, PATH: `${root}:${process.env['PATH']}`}});
  t.is(stderr, '');
  t.deepEqual(stdout.trim().split('\n'), ['hardware-assisted+shadow', 'hosted', 'asked:complete -- run --technique hardware-assisted+shadow@h']);
});

test('the scripts of other shells call the program, and an unknown shell is a sentence', async t => {
  const {run} = commandLine(t);
  for (const shell of ['zsh', 'fish']) t.regex((await run(['completion', shell])).out, /worldswitch complete -- /);
  const {status, err} = await run(['completion', 'tcsh']);
  t.is(status, 2);
  t.regex(err, /^worldswitch: there is no completion for 'tcsh'; known: bash, zsh, fish\n$/);
});
