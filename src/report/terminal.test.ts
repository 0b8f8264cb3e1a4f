import test from 'ava';
import {canShowLive, lineWidth, wantsColour, type Environment} from './terminal.ts';

const tty = {isTTY: true, columns: 120};
const pipe = {};

const rows: readonly [string, {stdin?: object; stdout?: object; env?: Environment}, live: boolean, colour: boolean][] = [
  ['a terminal', {}, true, true],
  ['output into a pipe', {stdout: pipe}, false, false],
  ['input from a pipe', {stdin: pipe}, false, true],
  ['continuous integration', {env: {CI: 'true'}}, false, true],
  ['CI=false', {env: {CI: 'false'}}, true, true],
  ['a dumb terminal', {env: {TERM: 'dumb'}}, false, false],
  ['NO_COLOR', {env: {NO_COLOR: '1'}}, true, false],
  ['an empty NO_COLOR', {env: {NO_COLOR: ''}}, true, true],
];

for (const [what, given, live, colour] of rows) {
  test(`${what}: ${live ? 'live view' : 'plain text'}, ${colour ? 'colour' : 'no colour'}`, (t) => {
    const terminal = {stdin: tty, stdout: tty, env: {TERM: 'xterm-256color'}, ...given};
    t.is(canShowLive(terminal), live);
    t.is(wantsColour(terminal), colour);
  });
}

test('lines are as wide as the terminal, 80 at least, 100 in a pipe', (t) => {
  t.deepEqual([lineWidth(tty), lineWidth({columns: 40}), lineWidth(pipe)], [120, 80, 100]);
});
