// How soon the program answers: processor time, which other work on the computer does not lengthen, and what is loaded for it.
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import test from 'ava';
import {packageFolder} from '../lab/own-files.ts';

const LAUNCHER = join(packageFolder, 'bin/worldswitch.js');
const REPORT = `data:text/javascript,process.on('exit', () => process.stderr.write('cpu ' + (process.cpuUsage().user + process.cpuUsage().system)))`;

/** Milliseconds of processor time of a whole process, the least of several. */
function cost(...argv: string[]): number {
  const once = (): number => Number(/cpu (\d+)/.exec(spawnSync(process.execPath, ['--import', REPORT, ...argv], {encoding: 'utf8'}).stderr)![1]) / 1000;
  return Math.min(...Array.from({length: 7}, once));
}

const nothing = cost('-e', '0');
for (const flag of ['--version', '--help']) {
  test(`${flag} takes less than 1.3 times what an empty program takes, plus 100 ms`, t => {
    const taken = cost(LAUNCHER, flag);
    t.true(taken < 1.3 * nothing + 100, `${taken} ms against ${nothing} ms`);
  });
}

const LOADED = `data:text/javascript,import {registerHooks} from 'node:module'; registerHooks({load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); }});`;

test('--help loads the grammar and no more: of other packages only commander', t => {
  const {stderr} = spawnSync(process.execPath, ['--import', LOADED, LAUNCHER, '--help'], {encoding: 'utf8'});
  const files = stderr.split('\n').filter(url => url.startsWith('file:'));
  t.deepEqual([...new Set(files.filter(url => url.includes('/node_modules/')).map(url => /node_modules\/([^/]+)/.exec(url)![1]))], ['commander']);
  t.deepEqual(files.filter(url => url.includes('/dist/') && !/\/cli\/|own-files|format-names|exit-codes|usage-error/.test(url)), []);
});

test('--version loads nothing but where the version stands', t => {
  const {stderr} = spawnSync(process.execPath, ['--import', LOADED, LAUNCHER, '--version'], {encoding: 'utf8'});
  t.deepEqual(stderr.split('\n').filter(url => url.includes('/dist/')).map(url => url.replace(/^.*\//, '')), ['main.js', 'own-files.js']);
});
