// The live console: a guest that repeats what is typed, through a pipe and in a terminal.
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import test from 'ava';
import {packageFolder} from '../lab/own-files.ts';
import {statusText} from './console-screen.ts';

const PROGRAM = join(packageFolder, 'bin/worldswitch.js');
const GUEST = join(packageFolder, 'src/lab/guests/conversation.elf');

for (const technique of ['native', 'hardware-assisted+nested', 'dynamic-translation+software-mmu@hosted', 'binary-translation+shadow@hosted']) {
  test(`a guest under ${technique} hears every byte of a pipe, sleeping in between`, t => {
    const {stdout, stderr, status} = spawnSync(process.execPath, [PROGRAM, 'console', GUEST, '--technique', technique], {input: 'hello there\nbye\n', encoding: 'latin1'});
    t.is(stdout, '> you said HELLO THERE\n> bye\n');
    t.regex(stderr, /^completed, exit code 33; [\d,]+ instructions under /);
    t.is(status, 0);
  });
}

test('a guest that is left waiting when the pipe ends is a deadlock, not a hang', t => {
  const {stdout, stderr, status} = spawnSync(process.execPath, [PROGRAM, 'console', GUEST], {input: 'x\n', encoding: 'latin1'});
  t.is(stdout, '> you said X\n> ');
  t.regex(stderr, /^deadlock: HLT/);
  t.is(status, 1);
});

const sentences: readonly [args: readonly string[], sentence: RegExp][] = [
  [[], /no guest is named/],
  [[GUEST, '--technique', 'native', '--technique', 'kvm'], /a console shows one guest, but 2 cells are named/],
  [['nosuch'], /unknown workload 'nosuch'/],
];
for (const [args, sentence] of sentences) {
  test(`console ${args.join(' ').replace(packageFolder, '.')} is refused in a sentence`, t => {
    const {stderr, status} = spawnSync(process.execPath, [PROGRAM, 'console', ...args], {encoding: 'utf8', input: ''});
    t.is(status, 2);
    t.regex(stderr, sentence);
    t.is(stderr.trim().split('\n').length, 1);
  });
}

test('in a terminal: what is typed, the status line, Ctrl-A x, and the terminal as it was', async t => {
  const terminal = new xterm.Terminal({cols: 100, rows: 20, allowProposedApi: true});
  const shell = spawn(process.execPath, [PROGRAM, 'console', GUEST, '--technique', 'hardware-assisted+shadow'], {cols: 100, rows: 20, name: 'xterm-256color'});
  shell.onData(data => terminal.write(data));
  const ended = new Promise<number>(resolve => { shell.onExit(({exitCode}) => resolve(exitCode)); });
  const screen = (): string => Array.from({length: 20}, (_, at) => terminal.buffer.active.getLine(at)?.translateToString(true) ?? '').join('\n');
  const until = async (shows: RegExp): Promise<void> => {
    while (!shows.test(screen())) await new Promise(resolve => { setTimeout(resolve, 20); });
  };
  await until(/^> /m);
  shell.write('once more\r');
  await until(/you said ONCE MORE/);
  await until(/Ctrl-A x ends \| [\d.]+[Mk]? instructions\/s/);
  t.regex(screen().split('\n')[19], /hardware-assisted\+shadow.*exits\/s/);
  shell.write('\u0001x');
  t.is(await ended, 130);
  await until(/ended from the terminal/);
  t.notRegex(screen(), /Ctrl-A x ends/);
});

test('the status line: rates since the last one, reasons by share', t => {
  const before = {instructions: 1000, exits: [['HLT', 10], ['CPUID 0x1', 5]] as const};
  const now = {instructions: 5_001_000, exits: [['HLT', 40], ['IO_INSTRUCTION out-0x3f8', 10], ['CPUID 0x1', 5]] as const};
  t.is(statusText('kvm', before, now, 2), ' kvm | Ctrl-A x ends | 2.5M instructions/s, 20 exits/s: HLT 75%, IO_INSTRUCTION out-0x3f8 25%');
});
