// The lines that frame every view: title, progress, the keys at the bottom.
import type {RunSnapshot} from '../lab/live.ts';
import {formatDuration, formatNumbered, formatSeconds} from '../report/format.ts';
import {KEYS} from './keys.ts';
import {clipLine, span, spread, type Line} from './line.ts';
import type {Place} from './navigation.ts';
import type {View} from './views.ts';

const BAR_WIDTH = 30;

/** `███████░░░` of `width` characters; full only when all is done. */
export function bar(part: number, whole: number, width: number): string {
  const full = whole === 0 ? 0 : Math.floor((width * part) / whole);
  return '█'.repeat(Math.min(width, full)) + '░'.repeat(Math.max(0, width - full));
}

export const titleLine = (title: string, right: string, width: number): Line =>
  spread([span('worldswitch', 'title'), span(`  ${title}`)], [span(right, 'heading')], width);

function state({finished, interrupted, paused, elapsedMs, etaMs}: RunSnapshot): string {
  if (interrupted) return `interrupted after ${formatDuration(elapsedMs)}`;
  if (finished) return `done in ${formatDuration(elapsedMs)}`;
  if (paused) return 'paused: Space goes on';
  return etaMs === null ? formatSeconds(elapsedMs) : `${formatSeconds(elapsedMs)}, about ${formatSeconds(etaMs)} left`;
}

export function progressLine(snapshot: RunSnapshot, stopping: boolean, width: number): Line {
  const whole = snapshot.cells.length;
  const counts = `  ${snapshot.done}/${formatNumbered(whole, 'cell')}  `;
  const said = stopping && !snapshot.finished ? 'stopping, keeping what has ended' : state(snapshot);
  const barWidth = Math.max(4, Math.min(BAR_WIDTH, width - counts.length - said.length - 1));
  return clipLine([span(bar(snapshot.done, whole, barWidth), 'bar'), span(counts), span(said, 'muted')], width);
}

const ARROWS: Readonly<Record<View, string>> = {
  matrix: 'move', cell: 'scroll, other technique', compare: 'scroll, other technique', flow: 'scroll, other technique',
  timeline: 'scroll, earlier and later', 'what-if': 'cost, lower and higher',
};

/** `? help   q quit   Enter explain cell   v other figure   ↑↓←→ move`. */
export function keyLine({view, help, editing, filter}: Place, width: number): Line {
  if (editing) return clipLine([span('/', 'key'), span(filter), span('█'), span('   Enter', 'key'), span(' keeps   ', 'muted'), span('Esc', 'key'), span(' drops', 'muted')], width);
  if (help) return clipLine([span('↑↓', 'key'), span(' scroll   ', 'muted'), span('any other key', 'key'), span(' closes the help', 'muted')], width);
  const pairs = KEYS.flatMap(({label, brief}) => (brief[view] === undefined ? [] : [[label, brief[view]]]));
  return clipLine([...pairs, ['↑↓←→', ARROWS[view]]].flatMap(([label, brief]) =>
    [span(label, 'key'), span(` ${brief}   `, 'muted')]), width);
}
