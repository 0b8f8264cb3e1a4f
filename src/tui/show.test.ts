// The live view in a real pseudo-terminal, its output read by a terminal emulator.
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';

const PROGRAM = fileURLToPath(new URL('demonstration.js', import.meta.url));
const SHELL_TEXT = 'text of the shell before';
const ENTER_ALTERNATE = '\u001B[?1049h';
const LEAVE_ALTERNATE = '\u001B[?1049l';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

const opened = new Set<{kill: (signal: string) => void}>();

test.serial.afterEach.always(() => {
  for (const shell of opened) shell.kill('SIGKILL');
  opened.clear();
});

interface OpenOptions extends Size {
  /** Milliseconds for each of the 72 cells. */
  readonly pace?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The demonstration in a terminal of that size, below lines that a shell printed. */
function open({columns, rows, pace = 1, env = {}}: OpenOptions) {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !['CI', 'NO_COLOR', 'FORCE_COLOR', 'TERM'].includes(name)));
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true});
  const lines = `${SHELL_TEXT}\\n`.repeat(rows + 5);
  const shell = spawn('sh', ['-c', `printf '${lines}'; exec "$0" "$1" "$2"`, process.execPath, PROGRAM, String(pace)], {
    cols: columns, rows, name: 'xterm-256color', env: {...inherited, ...env, TERM: 'xterm-256color'},
  });
  opened.add(shell);
  let bytes = '';
  shell.onData((data) => {
    bytes += data;
    terminal.write(data);
  });
  const ended = new Promise<{exitCode: number; signal?: number | undefined}>((resolve) => {
    shell.onExit((exit) => {
      opened.delete(shell);
      resolve(exit);
    });
  });

  const screen = (): string[] => {
    const {active} = terminal.buffer;
    return Array.from({length: terminal.rows}, (_, at) => active.getLine(active.baseY + at)?.translateToString(true, 0, terminal.cols) ?? '');
  };
  const until = async (shows: RegExp): Promise<string[]> => {
    for (let tries = 0; tries < 500; tries++) {
      if (shows.test(screen().join('\n'))) return screen();
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
    throw new Error(`never showed ${shows}:\n${screen().join('\n')}`);
  };
  const resize = (size: Size): void => {
    terminal.resize(size.columns, size.rows);
    shell.resize(size.columns, size.rows);
  };
  return {
    press: (keys: string) => shell.write(keys), kill: (signal: string) => shell.kill(signal), until, resize, screen, ended, terminal,
    bytes: () => bytes,
  };
}

type Opened = ReturnType<typeof open>;

/** What must hold of every run however it ended: scrollback untouched, alternate screen left, cursor shown. */
async function checkRestored(t: {is: (a: unknown, b: unknown, message?: string) => void; true: (a: unknown, message?: string) => void}, view: Opened): Promise<void> {
  await new Promise<void>((resolve) => { view.terminal.write('', resolve); });
  const bytes = view.bytes();
  t.is(bytes.includes('\u001B[3J'), false, 'the scrollback is never erased');
  t.is(bytes.split(ENTER_ALTERNATE).length - 1, bytes.split(LEAVE_ALTERNATE).length - 1, 'the alternate screen is left as often as entered');
  t.true(bytes.lastIndexOf('\u001B[?25h') > bytes.lastIndexOf('\u001B[?25l'), 'the cursor is shown at the end');
  const {active} = view.terminal.buffer;
  t.is(active.type, 'normal');
  const before = Array.from({length: active.length}, (_, at) => active.getLine(at)?.translateToString(true)).filter((line) => line === SHELL_TEXT);
  t.is(before.length, view.terminal.rows + 5, 'what the shell had printed is still there');
}

for (const {columns, rows} of [{columns: 120, rows: 40}, {columns: 80, rows: 24}]) {
  test.serial(`opens, moves, explains, helps and quits at ${columns}x${rows}`, async (t) => {
    const view = open({columns, rows});
    const first = await view.until(/72\/72 cells/);
    t.regex(first[0], /^worldswitch {2}6 workloads × 6 techniques × 2 hosts/);
    t.is(first.at(-1), '', 'the last row stays free');
    await view.until(/Reports: reports/);
    view.press('\u001B[B');
    view.press('\u001B[C');
    await view.until(/in \| trap-and-emulate\+shadow\+emulated@hypervisor \| pentium4-2005/);
    view.press('\r');
    t.regex((await view.until(/Mode switches in the region/))[0], /^trap-and-emulate\+shadow\+emulated@hypervisor$/);
    view.press('\u007F');
    await view.until(/slowdown against native$/m);
    view.press('?');
    await view.until(/Ctrl-C {5}stop the run/);
    view.press('?');
    view.press('q');
    t.is((await view.ended).exitCode, 0);
    await checkRestored(t, view);
    t.regex(view.screen().join('\n'), /Reports: reports\/latest\.json, reports\/latest\.md\nleft: quit/);
  });
}

test.serial('follows the terminal as it grows and shrinks', async (t) => {
  const view = open({columns: 120, rows: 40});
  await view.until(/Reports:/);
  for (const size of [{columns: 80, rows: 24}, {columns: 40, rows: 14}, {columns: 200, rows: 60}, {columns: 120, rows: 40}]) {
    view.resize(size);
    const title = size.columns === 40 ? /^worldswitch .*…$/m : /slowdown against native$/m;
    const lines = await view.until(new RegExp(`${title.source}[^]*\\? help {3}q quit`, 'm'));
    t.regex(lines[0], /^worldswitch/);
    t.is(lines.filter((line) => line.startsWith('worldswitch')).length, 1, `one frame at ${size.columns}x${size.rows}`);
  }
  view.press('q');
  await view.ended;
  await checkRestored(t, view);
});

test.serial('a screen of 40 columns scrolls sideways with the cursor', async (t) => {
  const view = open({columns: 40, rows: 20});
  await view.until(/72\/72 cells/);
  for (let times = 0; times < 5; times++) view.press('\u001B[C');
  const lines = await view.until(/hardware-assisted\+nested/);
  t.regex(lines.join('\n'), /‹/);
  view.press('q');
  t.is((await view.ended).exitCode, 0);
  await checkRestored(t, view);
});

for (const [name, key] of [['q', 'q'], ['Ctrl-C', '\u0003']] as const) {
  test.serial(`${name} before the end stops the run, keeps what has ended and says so`, async (t) => {
    const view = open({columns: 100, rows: 30, pace: 40});
    await view.until(/ [1-9]\d?\/72 cells/);
    view.press(key);
    t.is((await view.ended).exitCode, 130);
    await checkRestored(t, view);
    t.regex(view.screen().join('\n'), /The run was interrupted: \d+ cells? had ended\.[^]*left: interrupted/);
  });
}

for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
  test.serial(`${signal} gives the terminal back`, async (t) => {
    const view = open({columns: 100, rows: 30, pace: 40});
    await view.until(/ [1-9]\d?\/72 cells/);
    view.kill(signal);
    await view.ended;
    await checkRestored(t, view);
  });
}

test.serial('NO_COLOR leaves no colour, only weight and inversion', async (t) => {
  const isColoured = (bytes: string): boolean => bytes.split('\u001B').some((sequence) => /^\[(?:[34]\d|9\d|10\d)m/.test(sequence));
  const plain = open({columns: 120, rows: 40, env: {NO_COLOR: '1'}});
  await plain.until(/Reports:/);
  plain.press('q');
  await plain.ended;
  t.false(isColoured(plain.bytes()));
  t.true(plain.bytes().includes('\u001B[7m'));
  const bright = open({columns: 120, rows: 40});
  await bright.until(/Reports:/);
  bright.press('q');
  await bright.ended;
  t.true(isColoured(bright.bytes()));
});

test.serial('frames are few: a run of three seconds does not redraw more than ten times a second', async (t) => {
  const view = open({columns: 120, rows: 40, pace: 40});
  await view.until(/Reports:/);
  view.press('q');
  await view.ended;
  t.true(view.bytes().split('\u001B[?2026h').length - 1 <= 40);
});

/** A key and what the screen it leads to shows. */
const VIEWS = [['2', /outcome +completed/], ['3', /cycles per operation: A/], ['4', /guest-kernel|never left/], ['5', /\d+ switch/], ['6', /what if a cost/],
  ['7', /worldswitch {2}help/], ['x', /what if a cost/], ['1', /slowdown against native/]] as const;

for (const size of [{columns: 120, rows: 40}, {columns: 80, rows: 24}, {columns: 40, rows: 12}]) {
  test.serial(`every view fits ${size.columns}x${size.rows}`, async (t) => {
    const view = open(size);
    await view.until(size.columns < 60 ? /72\/72/ : /Reports:/);
    view.press('\u001B[B\u001B[C\u001B[C');
    for (const [key, shows] of VIEWS) {
      view.press(key);
      const lines = await view.until(size.columns < 60 ? /\S/ : shows);
      t.is(lines.at(-1), '', `the last row stays free in view ${key}`);
    }
    view.press('q');
    t.is((await view.ended).exitCode, 0);
    await checkRestored(t, view);
  });
}
