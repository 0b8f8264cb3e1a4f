// One cell in sentences: what it costs, which exits it makes and what they are, where the cycles go, what bare metal does not
// pay, and how far to trust it. Every figure is the cell's own.
import type {CellResult} from '../../lab/result.ts';
import {differences, type Difference} from '../difference.ts';
import {estimatedCycles, eventCycles, exitGroups, failure, perOperation, rankedCategories, rankedEvents} from '../figures.ts';
import {formatCount, formatEach, formatNumbered, formatPerOperation, formatShare, formatSlowdown} from '../format.ts';
import {CATEGORY_MEANINGS, explain, explainDetail, GRADE_MEANINGS} from '../glossary.ts';
import {isEstimate} from '../recost.ts';
import {shownReason} from '../vendor-spelling.ts';

/** A paragraph with its heading. */
export interface Paragraph {
  readonly title: string;
  readonly lines: readonly string[];
}

const MOST = 6;

const each = (cell: CellResult, count: number): string => formatPerOperation(perOperation(cell, count) ?? count);
const whole = (cell: CellResult): string => (cell.perOperation === null ? 'The measured region' : 'An operation');

function costLine(cell: CellResult, native: CellResult | null): string {
  const against = native !== null && native !== cell && native.cycles.region > 0
    ? `, ${formatSlowdown(cell.cycles.region / native.cycles.region)} of the ${each(native, native.cycles.region)} it takes on bare metal` : '';
  const counted = cell.perOperation === null ? '' : ` (${formatNumbered(cell.perOperation.operations, 'operation')})`;
  return `${whole(cell)} takes ${each(cell, cell.cycles.region)} modelled cycles${against}${counted}.`;
}

function exitLines(cell: CellResult): string[] {
  const groups = exitGroups(cell);
  const total = groups.reduce((sum, {count}) => sum + count, 0);
  if (total === 0) return [`${whole(cell)} makes no exit: the guest never leaves for the hypervisor.`];
  const rate = perOperation(cell, total) ?? total;
  const lines = groups.slice(0, MOST).map(group => {
    const meaning = explainDetail(group.detail) ?? explain(group.reason);
    return `${each(cell, group.count)} ${shownReason(cell, group)} ${group.detail}${meaning === null ? '' : `: ${meaning}`}`;
  });
  const rest = groups.slice(MOST).reduce((sum, {count}) => sum + count, 0);
  return [`${whole(cell)} makes ${formatEach(rate, 'exit')}, by reason:`, ...lines.map(line => `  ${line}`),
    ...(rest > 0 ? [`  ${each(cell, rest)} for ${formatNumbered(groups.length - MOST, 'other reason')}`] : [])];
}

const categoryLines = (cell: CellResult): string[] => rankedCategories(cell).map(([category, cycles]) =>
  `${formatShare(cycles, cell.cycles.region).padStart(6)}  ${category}: ${CATEGORY_MEANINGS[category]}`);

const costLines = (cell: CellResult): string[] => rankedEvents(cell).slice(0, MOST).map(event =>
  `${formatShare(eventCycles(event), cell.cycles.region).padStart(6)}  ${event.name}: ${each(cell, event.count)} at ${formatNumbered(event.unitCost, 'cycle')} (${event.grade}); ${explain(event.name) ?? 'a cost of a plugin'}`);

export const differenceLine = ({name, a, b}: Difference): string =>
  `${b > a ? '+' : '-'}${formatPerOperation(Math.abs(b - a))} ${name} (${formatPerOperation(a)} against ${formatPerOperation(b)})`;

function againstNative(cell: CellResult, native: CellResult | null): Paragraph[] {
  if (native === null || native === cell) return [];
  const {byCost, cycles} = differences(native, cell);
  const rows = byCost.filter(({a, b}) => a !== b).slice(0, MOST);
  const more = cycles.b - cycles.a;
  return [{title: `Against bare metal: ${more >= 0 ? '+' : '-'}${formatPerOperation(Math.abs(more))} cycles, largest parts first`,
    lines: rows.map(differenceLine)}];
}

function trust(cell: CellResult): string[] {
  const share = formatShare(estimatedCycles(cell), cell.cycles.region);
  const [dearest] = rankedEvents(cell).filter(({grade}) => grade === 'estimated');
  const {timerInterrupts, rdtsc, deviceWaits} = cell.feedback;
  return [
    `${share} of the cycles rest on costs graded estimated (${GRADE_MEANINGS.estimated})${dearest ? `, most on ${dearest.name}` : ''}.`,
    isEstimate(cell)
      ? `The guest looked at time (${formatNumbered(timerInterrupts, 'timer interrupt')}, ${formatCount(rdtsc)} RDTSC, ${formatNumbered(deviceWaits, 'wait')} for devices), so with other costs it might have gone another way.`
      : 'The guest never looked at time, so its counts stand whatever the costs are.',
    `${cell.equivalence.verdict}${cell.claimsEquivalence || cell.technique.name === 'native' ? '' : ' (equivalence is not claimed)'}: ${cell.equivalence.detail}.`,
    ...(cell.notes ?? []),
  ];
}

/** Everything there is to say of one cell; `native` is bare metal's on the same workload and host. */
export function cellParagraphs(cell: CellResult, native: CellResult | null): Paragraph[] {
  if (cell.outcome === 'refused') return [{title: 'Refused', lines: [cell.reason ?? 'no reason is given']}];
  const failed = failure(cell, native);
  return [
    ...(failed === null ? [] : [{title: 'Failed', lines: [`${failed}${cell.reason === undefined ? '' : `: ${cell.reason}`}`]}]),
    {title: 'What it costs', lines: [costLine(cell, native), ...exitLines(cell)]},
    {title: 'Where the cycles go', lines: categoryLines(cell)}, {title: 'The dearest costs', lines: costLines(cell)},
    ...againstNative(cell, native), {title: 'How far to trust it', lines: trust(cell)},
  ];
}
