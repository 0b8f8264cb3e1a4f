// Whether a run behaved as bare metal did (Popek and Goldberg 1974, equivalence): how it ended, what it printed, how many
// instructions it took, and the trail of registers at every interrupt, at every checkpoint and at the end, bit for bit.
import type {GuestRun} from './guest-run.ts';
import {screenIn} from './screen.ts';
import {REGISTER_NAMES} from '../x86/registers.ts';
import type {TrailEntry} from '../machine/trail.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** Null when the runs cannot be told apart; else the first divergence in a sentence. */
export function divergence(run: GuestRun, reference: GuestRun): string | null {
  return trailDivergence(run, reference) ?? endDivergence(run, reference) ?? consoleDivergence(run.platform.console, reference.platform.console)
    ?? screenDivergence(run, reference);
}

function screenDivergence(run: GuestRun, reference: GuestRun): string | null {
  const [ours, theirs] = [run, reference].map(each => screenIn(each).split('\n'));
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  if (at < 0 && ours.length <= theirs.length) return null;
  const line = at < 0 ? theirs.length : at;
  return `the screen differs in line ${line + 1}: ${JSON.stringify(ours[line] ?? '')}, on bare metal ${JSON.stringify(theirs[line] ?? '')}`;
}

/**
 * For a modified guest, which is another program: how it ended, what it printed, and EAX at every checkpoint. Null when they are those
 * of its native build on bare metal. Output that depends on time is left out.
 */
export function outputsDiverge(run: GuestRun, reference: GuestRun, timeIndependent: boolean): string | null {
  const [ours, theirs] = [run, reference].map(({platform}) => platform.recorder.trail.entries.filter(({what}) => what === 'checkpoint').map(({values}) => values[1]));
  const longer = ours.length > theirs.length ? ours : theirs;
  const at = longer.findIndex((_, index) => ours[index] !== theirs[index]);
  if (run.ending.outcome !== reference.ending.outcome) return outcomeDivergence(run, reference);
  if (run.platform.exitCode !== reference.platform.exitCode) return exitDivergence(run, reference);
  if (at >= 0) return `checkpoint ${at + 1} has eax ${at < ours.length ? hex(ours[at]) : 'missing'}, on bare metal ${at < theirs.length ? hex(theirs[at]) : 'missing'}`;
  return timeIndependent ? consoleDivergence(run.platform.console, reference.platform.console) : null;
}

const outcomeDivergence = (run: GuestRun, reference: GuestRun): string =>
  `ended as ${run.ending.outcome}${run.ending.reason ? ` (${run.ending.reason})` : ''}, bare metal as ${reference.ending.outcome}`;
const exitDivergence = (run: GuestRun, reference: GuestRun): string =>
  `exit code ${run.platform.exitCode}, on bare metal ${reference.platform.exitCode}`;

function endDivergence(run: GuestRun, reference: GuestRun): string | null {
  if (run.ending.outcome !== reference.ending.outcome) return outcomeDivergence(run, reference);
  if (run.platform.exitCode !== reference.platform.exitCode) return exitDivergence(run, reference);
  if (run.total.instructions === reference.total.instructions) return null;
  return `${run.total.instructions} guest instructions retired, on bare metal ${reference.total.instructions}`;
}

/** First byte that differs between two outputs. */
export function consoleDivergence(ours: readonly number[], theirs: readonly number[]): string | null {
  const at = ours.findIndex((byte, index) => byte !== theirs[index]);
  if (at < 0 && ours.length === theirs.length) return null;
  const first = at < 0 ? ours.length : at;
  return `console differs at byte ${first}: ${excerpt(ours, first)}, on bare metal ${excerpt(theirs, first)}`;
}

const excerpt = (bytes: readonly number[], at: number): string => JSON.stringify(String.fromCharCode(...bytes.slice(at, at + 24)));

function trailDivergence(run: GuestRun, reference: GuestRun): string | null {
  const ours = run.platform.recorder.trail;
  const theirs = reference.platform.recorder.trail;
  if (ours.digest() === theirs.digest()) return null;
  const at = ours.entries.findIndex((entry, index) => !sameEntry(entry, theirs.entries[index]));
  if (at < 0) return `the trails differ after entry ${Math.min(ours.length, theirs.length)}`;
  return describe(ours.entries[at], theirs.entries[at], at);
}

/**
 * Guest instructions between which registers came to differ: at the last entry of the trail that is equal, and at the first
 * that is not. Where all are equal and the console is not, they differed for a while, anywhere.
 */
export function divergentStretch(run: GuestRun, reference: GuestRun): {readonly from: number; readonly to: number} {
  const ours = run.platform.recorder.trail.entries;
  const theirs = reference.platform.recorder.trail.entries;
  const at = ours.findIndex((entry, index) => !sameEntry(entry, theirs[index]));
  const end = Math.max(run.total.instructions, reference.total.instructions);
  if (at < 0) return {from: run.platform.recorder.trail.length > ours.length ? ours.at(-1)?.instruction ?? 0 : 0, to: end};
  return {from: ours[at - 1]?.instruction ?? 0, to: Math.max(ours[at].instruction, theirs[at]?.instruction ?? 0)};
}

const sameEntry = (a: TrailEntry, b: TrailEntry | undefined): boolean =>
  b !== undefined && a.what === b.what && a.instruction === b.instruction && a.values.every((value, index) => value === b.values[index]);

const VALUE_NAMES = ['vector', ...REGISTER_NAMES, 'eip', 'eflags'];

function describe(ours: TrailEntry, theirs: TrailEntry | undefined, at: number): string {
  const place = `${ours.what} ${at + 1} of the trail, instruction ${ours.instruction}, eip ${hex(ours.values[9])}`;
  if (theirs === undefined) return `first divergence at ${place}: bare metal had ended its trail`;
  if (ours.what !== theirs.what) return `first divergence at ${place}: bare metal has ${theirs.what} at instruction ${theirs.instruction}, eip ${hex(theirs.values[9])}`;
  const differing = VALUE_NAMES.flatMap((name, index) =>
    ours.values[index] === theirs.values[index] ? [] : [`${name} ${hex(ours.values[index])}, on bare metal ${hex(theirs.values[index])}`]);
  const shift = ours.instruction === theirs.instruction ? [] : [`bare metal was there after ${theirs.instruction} instructions`];
  return `first divergence at ${place}: ${[...differing, ...shift].join('; ')}`;
}
