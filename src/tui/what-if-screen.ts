// Sliders over the matrix: what if a cost were another. Every cell is costed again from its events at once.
import {COSTS, type CostName} from '../host/costs.ts';
import {arrange} from '../report/arrange.ts';
import {cellFace, legend, VALUE_TITLES} from '../report/cell-face.ts';
import {formatCount, formatNumbered} from '../report/format.ts';
import {matrixRows, type Matrix, type MatrixEntry} from '../report/matrix.ts';
import {clip, flow} from '../report/printable.ts';
import {consequence, costsByWeight, whatIfMatrix} from '../report/what-if.ts';
import {keyLine, titleLine} from './frame-lines.ts';
import {EMPTY_LINE, span, textLine, type Line} from './line.ts';
import {bodyLines, headingLines, type MatrixFrame} from './matrix-lines.ts';
import {messageLines, SHORT, stack, type Screen, type ScreenInput} from './screen.ts';
import {factorOf, FACTORS} from './what-if-place.ts';

const MOST_SLIDERS = 8;
const FEWEST_SLIDERS = 2;
const LABEL = 24;

/** What a cost is on each host, as far as the cells tell. */
function unitCosts(whole: Matrix, cost: string): string {
  return whole.hosts.flatMap(({host, rows}) => {
    const event = rows.flatMap(({cells}) => cells).flatMap(cell => cell?.result?.events ?? []).find(({name}) => name === cost);
    return event === undefined ? [] : [`${formatCount(event.unitCost)}${event.grade === 'estimated' ? ' (estimated)' : ''} on ${host}`];
  }).join(', ');
}

function sliderLine(cost: string, selected: boolean, {place, columns}: ScreenInput): Line {
  const factor = factorOf(place.whatIf, cost);
  const at = FACTORS.indexOf(factor as (typeof FACTORS)[number]);
  const track = FACTORS.map((_, step) => (step === at ? '●' : FACTORS[step] === 1 ? '┼' : '─')).join('');
  const meaning = COSTS[cost as CostName]?.meaning ?? '';
  return [
    span(selected ? '▸ ' : '  ', 'key'), span(clip(cost, LABEL).padEnd(LABEL), selected ? 'title' : 'plain'), span(` ${track} `, factor === 1 ? 'muted' : 'bar'),
    span(`x${factor}`.padEnd(6), factor === 1 ? 'muted' : 'title'), span(clip(meaning, Math.max(0, columns - LABEL - FACTORS.length - 12)), 'muted'),
  ];
}

/** A run of sliders that holds the one under the cursor. */
function sliderLines(input: ScreenInput, costs: readonly string[], most: number): Line[] {
  const selected = Math.min(input.place.whatIf.selected, costs.length - 1);
  const from = Math.max(0, Math.min(selected - Math.floor(most / 2), costs.length - most));
  return costs.slice(from, from + most).map((cost, at) => sliderLine(cost, from + at === selected, input));
}

function consequenceLine({whole}: ScreenInput, after: Matrix, width: number): Line {
  if (after === whole) return textLine('Change a cost with ← and →: rows whose winner changes are marked.', width, 'muted');
  const {changed, rows, estimates} = consequence(whole, after);
  const guessed = estimates === 0 ? '' : `; ${formatNumbered(estimates, 'cell')} where the guest looked at time ${estimates === 1 ? 'is an estimate' : 'are estimates'}`;
  return textLine(`The winner changes in ${changed} of ${formatNumbered(rows, 'row')}${guessed}.`, width, changed > 0 ? 'title' : 'plain');
}

const entriesOf = (matrix: Matrix): MatrixEntry[] => matrixRows(matrix).flatMap(({cells}) => cells.filter(cell => cell !== null));

function legendLines(matrix: Matrix, {place, columns}: ScreenInput): Line[] {
  const faces = matrixRows(matrix).flatMap(row => row.cells.map(cell => cellFace(cell, place.mode)));
  return flow(legend(faces), columns).map(line => textLine(line, columns, 'muted'));
}

export function whatIfScreen(input: ScreenInput): Screen {
  const {whole, place, columns, rows} = input;
  const costs = costsByWeight(whole);
  const recosted = whatIfMatrix(whole, entriesOf(whole), place.whatIf.factors);
  const after = arrange(recosted, place);
  const short = rows < SHORT;
  const blank = short ? [] : [EMPTY_LINE];
  const frame = (height: number): MatrixFrame => ({matrix: after, mode: place.mode, row: place.row, column: place.column, width: columns, height});
  const selected = costs[Math.min(place.whatIf.selected, costs.length - 1)];
  const sliders = sliderLines(input, costs, short ? FEWEST_SLIDERS : Math.max(FEWEST_SLIDERS, Math.min(MOST_SLIDERS, Math.floor(rows / 4))));
  const unit = selected === undefined ? [textLine('No cell has ended yet.', columns)] : [textLine(`${selected}: ${unitCosts(whole, selected)} cycles`, columns, 'heading')];
  const top = [titleLine('what if a cost were another', VALUE_TITLES[place.mode], columns), ...sliders, ...unit, ...blank, ...headingLines(frame(0), short)];
  const bottom = [...blank, consequenceLine(input, recosted, columns), ...(short ? [] : legendLines(after, input)), ...messageLines(input), keyLine(place, columns)];
  const page = Math.max(1, rows - 1 - top.length - bottom.length - after.hosts.length);
  return {
    lines: stack(input, {top, bottom}, height => bodyLines(frame(height))),
    extent: {rows: matrixRows(after).length, techniques: after.techniques, costs, page, scrollable: 0},
  };
}
