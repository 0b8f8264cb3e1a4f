// A comparison as plain text: the verdict in one line, what changed with its causes, measured time, and gates that did not hold.
import {formatMs, formatNumbered, formatPerOperation} from '../format.ts';
import {layTable} from '../table.ts';
import {printable, wrapWords} from '../printable.ts';
import {causes} from './cause.ts';
import type {Comparison} from './comparison.ts';
import {breachSentence, gateName} from './gate.ts';
import type {PairComparison} from './pair.ts';
import {percentOf, timeSentence, verdictSentence} from './verdict.ts';

/** Cells shown one by one; the rest is counted. */
const MOST_CELLS = 20;

/** The figure per operation, where both sides mark as many operations. */
export function shownFigure({a, b, differences}: PairComparison, value: number): string {
  const [{perOperation: before}, {perOperation: after}] = [a, b];
  return differences.each && before!.operations === after!.operations ? formatPerOperation(value / before!.operations) : formatPerOperation(value);
}

function changeTable(pair: PairComparison): string[] {
  const {differences, changes} = pair;
  const rows = changes.map(change => [change.metric.name, shownFigure(pair, change.a), shownFigure(pair, change.b), percentOf(change)]);
  const corner = differences.each ? 'an operation' : 'the region';
  return rows.length === 0 ? [] : layTable({corner, columns: ['A', 'B', 'change'], rows}, 80);
}

function cellBlock(pair: PairComparison, {countsOnly}: Comparison, width: number): string[] {
  const lines = [...pair.others, ...causes(pair, countsOnly)].flatMap(line => wrapWords(printable(line), width - 4));
  return [`${pair.judgement}: ${printable(pair.cell)}`, ...changeTable(pair).map(line => `  ${line}`), ...lines.map(line => `    ${line}`), ''];
}

function timeBlock(comparison: Comparison, width: number): string[] {
  const sentence = timeSentence(comparison);
  const rows = comparison.pairs.flatMap(({cell, time}) => (time === null || 'notCompared' in time || !time.significant ? [] : [[
    cell, formatMs(time.a.median), formatMs(time.b.median), `${time.ratio.toFixed(3)}x`, time.interval.map(end => end.toFixed(3)).join(' to '),
    time.effect.toFixed(2), time.adjustedP.toExponential(1),
  ]]));
  const table = layTable({corner: 'measured median', columns: ['A', 'B', 'ratio', '95% interval', "Cliff's delta", 'Holm p'],
    rows: rows.slice(0, MOST_CELLS)}, width);
  return sentence === null ? [] : [...wrapWords(printable(sentence), width), ...(rows.length > 0 ? ['', ...table] : []), ''];
}

function missingLines({a, b, onlyA, onlyB}: Comparison, width: number): string[] {
  const sets: [readonly string[], string][] = [[onlyA, a.name], [onlyB, b.name]];
  const lines = sets.filter(([cells]) => cells.length > 0)
    .flatMap(([cells, name]) => wrapWords(printable(`Only in ${name}: ${formatNumbered(cells.length, 'cell')}, such as ${cells[0]}.`), width));
  return lines.length === 0 ? [] : [...lines, ''];
}

function gateLines({gates, breaches}: Comparison, width: number): string[] {
  if (gates.length === 0) return [];
  const names = gates.map(gateName).join(', ');
  if (breaches.length === 0) return [`Gates held: ${names}.`, ''];
  const more = breaches.length > MOST_CELLS ? [`and ${breaches.length - MOST_CELLS} more`] : [];
  return [`REGRESSION, gates that did not hold (of ${names}):`,
    ...[...breaches.slice(0, MOST_CELLS).map(breachSentence), ...more].flatMap(line =>
      wrapWords(printable(line), width - 2).map(each => `  ${each}`)), ''];
}

/** Ends with a newline. */
export function comparisonText(comparison: Comparison, width: number): string {
  const {a, b, pairs} = comparison;
  const changed = pairs.filter(({judgement}) => judgement !== 'identical');
  const doubts = [a, b].filter(({run}) => !run.complete).map(({name}) => `${name} is incomplete: its run was interrupted.`);
  return `${[
    `A: ${printable(a.name)}`, `B: ${printable(b.name)}`, '', ...wrapWords(printable(verdictSentence(comparison)), width), ...doubts, '',
    ...changed.slice(0, MOST_CELLS).flatMap(pair => cellBlock(pair, comparison, width)),
    ...(changed.length > MOST_CELLS ? [`${changed.length - MOST_CELLS} more cells differ; --json lists all.`, ''] : []),
    ...missingLines(comparison, width), ...timeBlock(comparison, width), ...gateLines(comparison, width),
  ].join('\n').trimEnd()}\n`;
}
