// The contexts of a cell as lanes and every switch between two of them as an arrow, with its count. Edges stand in the order
// in which they first happened among those as frequent, so that a frequent path reads from top to bottom.
import type {CellResult, SwitchCount} from '../lab/result.ts';
import {CONTEXTS, type Context} from '../ledger/context.ts';
import {isExit, perOperation, rankedSwitches} from '../report/figures.ts';
import {formatCount, formatPerOperation} from '../report/format.ts';
import {clip, printable} from '../report/printable.ts';
import {shownReason} from '../report/vendor-spelling.ts';
import {clipLine, EMPTY_LINE, span, textLine, type Line, type Span} from './line.ts';

/** Columns between two lanes. */
const LANE = 14;
const NARROW_LANE = 8;
/** Widest text beside the lanes that must fit. */
const TEXT_ROOM = 34;
const FREQUENT = 0.1;

interface Lanes {
  readonly contexts: readonly Context[];
  readonly width: number;
}

function lanesOf(edges: readonly SwitchCount[], screen: number): Lanes {
  const contexts = CONTEXTS.filter(context => edges.some(({from, to}) => from === context || to === context));
  const width = contexts.length * LANE + TEXT_ROOM <= screen ? LANE : NARROW_LANE;
  return {contexts, width};
}

const centre = ({width}: Lanes, at: number): number => at * width + Math.floor(width / 2);

/** Abbreviated to the initials of its parts where the lane is narrow: `guest-kernel` as `g-kernel`. */
function laneName(context: Context, width: number): string {
  const [place, ring] = context.split('-');
  return context.length < width || ring === undefined ? context : clip(`${place[0]}-${ring}`, width - 1);
}

function headLine(lanes: Lanes): Line {
  const {contexts, width} = lanes;
  return contexts.map(context => {
    const name = laneName(context, width);
    const left = Math.floor((width - name.length) / 2);
    return span(`${' '.repeat(left)}${name}`.padEnd(width), 'heading');
  });
}

/** Lanes as they stand between two columns of the screen. */
function lanePart(lanes: Lanes, from: number, to: number): string {
  const centres = new Set(lanes.contexts.map((_, at) => centre(lanes, at)));
  return Array.from({length: Math.max(0, to - from)}, (_, at) => (centres.has(from + at) ? '│' : ' ')).join('');
}

/** The arrow from lane to lane across those between; frequent edges are drawn heavier, exits in the tone of what differs. */
function arrow(lanes: Lanes, edge: SwitchCount, heavy: boolean): Span[] {
  const [from, to] = [edge.from, edge.to].map(context => centre(lanes, lanes.contexts.indexOf(context)));
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  const shaft = (heavy ? '━' : '─').repeat(right - left - 1);
  return [
    span(lanePart(lanes, 0, left), 'muted'),
    span(from < to ? `├${shaft}▶` : `◀${shaft}┤`, isExit(edge) ? 'different' : 'bar'),
    span(lanePart(lanes, right + 1, lanes.contexts.length * lanes.width), 'muted'),
  ];
}

interface Counts {
  readonly count: number;
  readonly each: number;
}

const count = (edge: SwitchCount): string => formatCount(edge.count);
function each(cell: CellResult, edge: SwitchCount): string {
  const figure = perOperation(cell, edge.count);
  return figure === null ? '' : formatPerOperation(figure);
}

const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map(text => text.length));

function edgeLine(cell: CellResult, edge: SwitchCount, {lanes, widths, heavy}: {lanes: Lanes; widths: Counts; heavy: boolean}): Line {
  const figures = `${count(edge).padStart(widths.count)}${widths.each === 0 ? '' : `  ${each(cell, edge).padStart(widths.each)}`}`;
  const what = `${edge.kind} ${shownReason(cell, edge)}${edge.detail === '' ? '' : ` ${edge.detail}`}`;
  return [...arrow(lanes, edge, heavy), span(` ${figures}  `), span(printable(what), isExit(edge) ? 'plain' : 'muted')];
}

/** Contexts across, switches down. */
export function flowLines(cell: CellResult, width: number): Line[] {
  const edges = rankedSwitches(cell);
  if (edges.length === 0) return [textLine('The guest was never left: no switch in the region.', width)];
  const lanes = lanesOf(edges, width);
  const widths = {count: longest(['count', ...edges.map(count)]), each: longest(edges.map(edge => each(cell, edge)))};
  if (widths.each > 0) widths.each = Math.max(widths.each, 'per op'.length);
  const head = [...headLine(lanes), span(` ${'count'.padStart(widths.count)}${widths.each === 0 ? '' : `  ${'per op'.padStart(widths.each)}`}`, 'muted')];
  const heavy = (edge: SwitchCount): boolean => edge.count >= FREQUENT * edges[0].count;
  return [
    head, [span(lanePart(lanes, 0, lanes.contexts.length * lanes.width), 'muted')],
    ...edges.map(edge => edgeLine(cell, edge, {lanes, widths, heavy: heavy(edge)})),
    EMPTY_LINE, textLine('━ at least a tenth as frequent as the most frequent switch; exits, out of the guest, stand out', width, 'muted'),
  ].map(line => clipLine(line, width));
}
