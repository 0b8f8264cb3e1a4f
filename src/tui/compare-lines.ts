// Two techniques on one workload side by side: where the cycles of both went and what differs, largest difference first.
import type {CellResult} from '../lab/result.ts';
import {differences, type Difference, type Differences} from '../report/difference.ts';
import {failure} from '../report/figures.ts';
import {formatCount, formatCycles, formatPerOperation, formatSlowdown} from '../report/format.ts';
import {gapReason} from '../report/gap.ts';
import {explain, explainSwitch} from '../report/glossary.ts';
import {shortName} from '../report/heading.ts';
import {clip, printable, wrapWords} from '../report/printable.ts';
import {tableLines} from './columns.ts';
import {clipLine, EMPTY_LINE, span, textLine, type Line} from './line.ts';
import {barLegend, stackedBar} from './stacked-bar.ts';

const WIDEST_BAR = 90;
const MOST_ROWS = 12;

const name = (cell: CellResult): string => printable(shortName(cell.technique.name));

function figure(value: number, each: boolean): string {
  return each ? formatPerOperation(value) : formatCount(Math.round(value));
}

function signed(value: number, each: boolean): string {
  return value > 0 ? `+${figure(value, each)}` : value < 0 ? `-${figure(-value, each)}` : '=';
}

/** Of a category, a cost, or `REASON detail`. */
function meaning(what: string): string {
  const [reason, ...detail] = what.split(' ');
  return explain(what) ?? explainSwitch(reason, detail.join(' ')) ?? '';
}

function rows(found: readonly Difference[], each: boolean): string[][] {
  return found.filter(({a, b}) => a !== 0 || b !== 0).slice(0, MOST_ROWS)
    .map(({name: what, a, b}) => [printable(what), figure(a, each), figure(b, each), signed(b - a, each), meaning(what)]);
}

function section(title: string, found: readonly Difference[], {each, width}: {each: boolean; width: number}): Line[] {
  const shown = rows(found, each);
  if (shown.length === 0) return [];
  const meanings = shown.some(row => row[4] !== '');
  const columns = [
    {title: 'what', align: 'left', yields: true}, {title: 'A', align: 'right'}, {title: 'B', align: 'right'}, {title: 'B - A', align: 'right'},
    ...(meanings ? [{title: 'meaning', align: 'left', yields: true} as const] : []),
  ] as const;
  return [EMPTY_LINE, [span(`${title}${each ? ', per operation' : ''}`, 'heading')], ...tableLines(columns, shown.map(row => row.slice(0, columns.length)), width)];
}

/** Both stacked bars on one scale, so that their lengths compare. */
function bars(a: CellResult, b: CellResult, {cycles, each}: Differences, width: number): Line[] {
  const label = Math.min(24, Math.max(name(a).length, name(b).length) + 2);
  const room = Math.max(10, Math.min(WIDEST_BAR, width - label - 2));
  const longer = Math.max(cycles.a, cycles.b);
  const line = (letter: string, cell: CellResult, amount: number): Line => [
    span(`${letter} `, 'key'), span(clip(name(cell), label - 2).padEnd(label)),
    ...stackedBar(cell.cycles.byCategory, cell.cycles.region * (amount === 0 ? 1 : longer / amount), room),
  ];
  const figures = (letter: string, amount: number): string => `${letter} ${each ? formatPerOperation(amount) : formatCycles(amount)}`;
  return [
    line('A', a, cycles.a), line('B', b, cycles.b), barLegend(a.cycles.byCategory, b.cycles.byCategory),
    textLine(`cycles${each ? ' per operation' : ''}: ${figures('A', cycles.a)}, ${figures('B', cycles.b)}${cycles.a > 0 ? `, B is ${formatSlowdown(cycles.b / cycles.a)} of A` : ''}`, width),
  ];
}

function sentence(a: CellResult, b: CellResult): string {
  if (a.cycles.region === b.cycles.region) return 'Both take the same number of cycles.';
  const [slow, fast, letters] = a.cycles.region > b.cycles.region ? [a, b, 'A takes more cycles than B'] : [b, a, 'B takes more cycles than A'];
  return `${letters} ${gapReason(slow, fast)}.`;
}

/** `a` is the base, `b` the cell under the cursor. */
export function compareLines(a: CellResult, b: CellResult, width: number): Line[] {
  for (const cell of [a, b]) {
    const failed = failure(cell, null);
    if (failed !== null || cell.outcome === 'refused') return [textLine(printable(`${cell.technique.name} has no figures: ${cell.reason ?? failed}`), width, 'failed')];
  }
  const found = differences(a, b);
  const frame = {each: found.each, width};
  return [
    ...bars(a, b, found, width),
    EMPTY_LINE, ...wrapWords(printable(sentence(a, b)), width).map(line => textLine(line, width)),
    ...section('Exits by reason', [found.exits, ...found.byExit], frame),
    ...section('Cycles by category', found.byCategory, frame),
    ...section('Cycles by named cost', found.byCost, frame),
    ...section('Other switches', found.bySwitch, frame),
  ].map(line => clipLine(line, width));
}
