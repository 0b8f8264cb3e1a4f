import test from 'ava';
import {cleanup, render} from 'ink-testing-library';
import {TestingLive} from '../report/testing-live.ts';
import {App} from './app.tsx';

const KEY = {up: '\u001B[A', down: '\u001B[B', right: '\u001B[C', left: '\u001B[D', enter: '\r', backspace: '\u007F', escape: '\u001B', ctrlC: '\u0003'} as const;
const never = new Promise<never>(() => {});

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Waits until the frame shows what is asked for; the test's own time-out ends a vain wait. */
async function until(frame: () => string | undefined, shows: RegExp): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    if (shows.test(frame() ?? '')) return frame()!;
    await pause(20);
  }
  throw new Error(`never showed ${shows}: ${frame()}`);
}

function open({ended = 72, reports = Promise.resolve(['reports/latest.json'])}: {ended?: number; reports?: Promise<readonly string[]>} = {}) {
  const run = new TestingLive();
  run.advance(ended);
  const view = render(<App run={run} reportsWritten={reports} exportReports={() => Promise.resolve(['reports/latest.html'])} colour={false} size={{columns: 100, rows: 40}} />);
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) {
      view.stdin.write(key);
      await pause(60);
    }
  };
  return {run, view, press, frame: view.lastFrame};
}

test.serial.afterEach(() => cleanup());

test.serial('cells appear as they end', async (t) => {
  const {run, frame} = open({ended: 3, reports: never});
  await until(frame, /3\/72 cells/);
  run.advance(5);
  const shown = await until(frame, /8\/72 cells/);
  t.regex(shown, /about 6 s left/);
});

test.serial('arrows move, Enter explains, left and right change the technique, Backspace returns', async (t) => {
  const {frame, press} = open();
  await until(frame, /Reports:/);
  await press(KEY.down, KEY.right);
  t.regex(frame()!, /in \| trap-and-emulate\+shadow\+emulated@hypervisor \| pentium4-2005/);
  await press(KEY.enter);
  t.regex(frame()!, /^trap-and-emulate\+shadow\+emulated@hypervisor\nin on pentium4-2005/);
  await press(KEY.right);
  t.regex(frame()!, /^binary-translation\+shadow\+emulated@hosted\nin on pentium4-2005/);
  await press(KEY.backspace);
  t.regex(frame()!, /in \| binary-translation\+shadow\+emulated@hosted \| pentium4-2005/);
  await press(KEY.enter, KEY.escape);
  await until(frame, /^worldswitch/);
});

test.serial('v shows the other figures', async (t) => {
  const {frame, press} = open();
  const seen = [];
  for (let times = 0; times < 4; times++) {
    seen.push(/hosts +(.*)/.exec(frame()!)?.[1]);
    await press('v');
  }
  t.deepEqual(seen, ['slowdown against native', 'modelled cycles per operation', 'exits per operation', 'mode switches per operation']);
});

test.serial('? shows the keys of the key map and any key hides them', async (t) => {
  const {frame, press} = open();
  await press('?');
  t.regex(frame()!, /^worldswitch {2}help/);
  t.regex(frame()!, /v +slowdown, cycles, exits or switches in the matrix/);
  await press('x');
  t.notRegex(frame()!, /help\n/);
});

test.serial('keys read in one go all count', async (t) => {
  const {frame, press} = open();
  await press('vv');
  t.regex(frame()!, /exits per operation/);
});

test.serial('a key that closes the help and one that moves may be read together', async (t) => {
  const {frame, press} = open();
  await press('?');
  await press('?v');
  t.regex(frame()!, /modelled cycles per operation\n/);
});

test.serial('q before the end stops the run and keeps what has ended', async (t) => {
  const {run, press} = open({ended: 10, reports: never});
  await press('q');
  const result = await run.done;
  t.false(result.complete);
  t.is(result.cells.length, 10);
});

test.serial('Ctrl-C stops the run too; after the end neither does', async (t) => {
  const early = open({ended: 10, reports: never});
  await early.press(KEY.ctrlC);
  t.false((await early.run.done).complete);
  cleanup();
  const late = open();
  await late.press(KEY.ctrlC);
  t.true((await late.run.done).complete);
});

test.serial('what went wrong with the reports is shown', async (t) => {
  const {frame} = open({reports: Promise.reject(new Error('Cannot write the report x: the disk is full; make room.'))});
  await until(frame, /the disk is full; make room\./);
  t.pass();
});

test.serial('a frame in which nothing changed is not drawn again', async (t) => {
  const {view} = open({ended: 3, reports: never});
  await pause(300);
  const drawn = view.frames.length;
  await pause(800);
  t.is(view.frames.length, drawn);
});

test.serial('1 to 7 open every view, Backspace leads back', async (t) => {
  const {frame, press} = open();
  await press(KEY.down, KEY.right);
  for (const [key, shows] of [['2', /outcome +completed/], ['3', /B takes|Both take/], ['4', /guest-kernel +vmm/], ['5', /\d+ switch/], ['6', /what if a cost/], ['7', /worldswitch {2}help/]] as const) {
    await press(key);
    await until(frame, shows);
  }
  await press('x', KEY.backspace);
  t.regex(await until(frame, /slowdown against native/), /in \| trap-and-emulate/);
});

test.serial('/ takes a filter until Enter, Escape drops it; q is a letter meanwhile', async (t) => {
  const {frame, press} = open();
  await press('/', 'q', KEY.backspace, 'p', 't', 'e', KEY.enter);
  const shown = await until(frame, /only "pte"/);
  t.regex(shown, /ptemod/);
  t.notRegex(shown, /syscall +▸?1/);
  await press('/', KEY.escape);
  await until(frame, /syscall +▸?1/);
});

test.serial('Space pauses the run and lets it go on', async (t) => {
  const {run, frame, press} = open({ended: 3, reports: never});
  await press(' ');
  await until(frame, /paused: Space goes on/);
  run.advance(5);
  t.is(run.snapshot().done, 3);
  await press(' ');
  run.advance(5);
  await until(frame, /8\/72 cells/);
});

test.serial('e writes the reports of what has ended and says where', async (t) => {
  const {frame, press} = open({ended: 3, reports: never});
  await press('e');
  t.regex(await until(frame, /Written:/), /Written: reports\/latest\.html/);
});

test.serial('s sorts by the technique under the cursor, b compares with it from now on', async (t) => {
  const {frame, press} = open();
  await press(KEY.right, 's');
  await until(frame, /sorted by trap-and-emulate\+shadow/);
  await press('3', 'b', KEY.right);
  t.regex(frame()!, /A trap-and-emulate/);
});
