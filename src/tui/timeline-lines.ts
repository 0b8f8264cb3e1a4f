// The contexts of a cell over modelled time: a row for each, filled by its share of every part, and the single switches below.
import type {CellResult} from '../lab/result.ts';
import type {Stretch, TimedSwitch, Timeline} from '../lab/timeline.ts';
import {formatCount, formatNumbered, formatShare} from '../report/format.ts';
import {printable} from '../report/printable.ts';
import {shownReason} from '../report/vendor-spelling.ts';
import {tableLines} from './columns.ts';
import {clipLine, EMPTY_LINE, span, spread, textLine, type Line} from './line.ts';

const LABEL = 14;
const SHARE = 8;
const LEVELS = ' ▁▂▃▄▅▆▇█';

/** The stretch of the region that a screen `columns` wide shows. */
export function stretchOf({zoom, pan}: {readonly zoom: number; readonly pan: number}, region: number, columns: number): Stretch {
  const width = region / 2 ** zoom;
  const from = Math.min(region - width, (pan * width) / 4);
  return {from, to: from + width, parts: Math.max(10, columns - LABEL - SHARE)};
}

/** A context that was there at all is seen, however short. */
const level = (cycles: number, width: number): string => LEVELS[cycles === 0 ? 0 : Math.max(1, Math.round((8 * cycles) / width))];

function contextLines({stretch, contexts}: Timeline): Line[] {
  const width = (stretch.to - stretch.from) / stretch.parts;
  return contexts.map(({context, cycles}) => {
    const all = cycles.reduce((sum, each) => sum + each, 0);
    return [
      span(context.padEnd(LABEL), 'heading'), span(cycles.map(each => level(each, width)).join(''), context.startsWith('guest') ? 'fastest' : 'bar'),
      span(formatShare(all, stretch.to - stretch.from).padStart(SHARE), 'muted'),
    ];
  });
}

function axisLine({stretch: {from, to, parts}}: Timeline): Line {
  const [first, last] = [from, to].map(cycles => formatCount(Math.round(cycles)));
  return [span(''.padEnd(LABEL)), ...spread([span(`${first} cycles`, 'muted')], [span(last, 'muted')], parts)];
}

function switchTable(cell: CellResult, switches: readonly TimedSwitch[], width: number): Line[] {
  const rows = switches.map((edge, at) => [
    formatCount(Math.round(edge.at)), at + 1 < switches.length ? `+${formatCount(Math.round(switches[at + 1].at - edge.at))}` : '',
    `${edge.from} → ${edge.to}`, edge.kind, printable(shownReason(cell, edge)), printable(edge.detail),
  ]);
  return tableLines([
    {title: 'at cycle', align: 'right'}, {title: 'stays', align: 'right'}, {title: 'from → to', align: 'left', yields: true}, {title: 'kind', align: 'left'},
    {title: 'reason', align: 'left', yields: true}, {title: 'detail', align: 'left', yields: true},
  ], rows, width);
}

function countLine({count, switches, contexts}: Timeline, width: number): Line {
  if (contexts.length <= 1 && count === 0) return textLine('One context and no switch in this stretch.', width);
  const listed = switches.length < count ? `, the first ${formatCount(switches.length)} below: + shows a shorter stretch` : '';
  return textLine(`${formatNumbered(count, 'switch', 'switches')} in this stretch${listed}`, width);
}

export function timelineLines(cell: CellResult, timeline: Timeline, width: number): Line[] {
  return [
    ...contextLines(timeline), axisLine(timeline), EMPTY_LINE, countLine(timeline, width),
    ...(timeline.switches.length === 0 ? [] : switchTable(cell, timeline.switches, width)),
  ].map(line => clipLine(line, width));
}
