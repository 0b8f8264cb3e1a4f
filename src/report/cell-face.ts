// What one cell of the matrix shows in a few characters, with a mark that does not depend on colour, and the legend of the
// marks.
import type {CellResult} from '../lab/result.ts';
import {failure, isExit} from './figures.ts';
import {formatCycles, formatPerOperation, formatSlowdown} from './format.ts';
import type {MatrixCell} from './matrix.ts';

export const VALUE_MODES = ['slowdown', 'cycles', 'exits', 'switches'] as const;
export type ValueMode = (typeof VALUE_MODES)[number];

export const VALUE_TITLES: Readonly<Record<ValueMode, string>> = {
  slowdown: 'slowdown against native',
  cycles: 'modelled cycles per operation',
  exits: 'exits per operation',
  switches: 'mode switches per operation',
};

/** How a face is to be taken; views choose colours, the text says the same without. */
export type Tone = 'plain' | 'baseline' | 'fastest' | 'different' | 'unequal' | 'failed' | 'muted' | 'running';

export interface CellFace {
  readonly text: string;
  /** One or two characters behind the figure, or none. */
  readonly mark: string;
  readonly tone: Tone;
}

export const MARKS = {
  fastest: '*', gained: '▲', lost: '▽', different: '≠', unequal: '≠!', unchecked: '?', failed: '✗', refused: '–', waiting: '·', running: '…', whole: 'Σ',
} as const;

const MEANINGS: Readonly<Record<keyof typeof MARKS, string>> = {
  fastest: 'fewest cycles of its row',
  gained: 'becomes the fastest of its row with the costs changed',
  lost: 'is no longer the fastest of its row with the costs changed',
  different: 'not equivalent to bare metal, nor claimed',
  unequal: 'not equivalent to bare metal though claimed',
  unchecked: 'equivalence not checked',
  failed: 'failed',
  refused: 'refused',
  waiting: 'waiting',
  running: 'running',
  whole: 'sum of the whole region, related to nothing',
};

/** The figure of the mode; where it cannot be formed, the region's total marked with a sum sign. */
function figure(cell: CellResult, native: CellResult | null, mode: ValueMode): string {
  if (mode === 'slowdown') {
    return native?.outcome === 'completed' && native.cycles.region > 0
      ? formatSlowdown(cell.cycles.region / native.cycles.region)
      : `${formatCycles(cell.cycles.region)} ${MARKS.whole}`;
  }
  if (cell.perOperation !== null) return formatPerOperation(cell.perOperation[mode]);
  return `${formatCycles(regionTotal(cell, mode))} ${MARKS.whole}`;
}

/** The figure a cell is sorted by, or null where it has none. */
export function cellValue(cell: MatrixCell | null, mode: ValueMode): number | null {
  const result = cell?.result ?? null;
  if (cell === null || result === null || result.outcome === 'refused' || failure(result, cell.native) !== null) return null;
  if (mode === 'slowdown') return cell.native === null || cell.native.cycles.region === 0 ? null : result.cycles.region / cell.native.cycles.region;
  return result.perOperation?.[mode] ?? regionTotal(result, mode);
}

function regionTotal(cell: CellResult, mode: Exclude<ValueMode, 'slowdown'>): number {
  if (mode === 'cycles') return cell.cycles.region;
  const counted = mode === 'exits' ? cell.switches.filter(isExit) : cell.switches;
  return counted.reduce((sum, edge) => sum + edge.count, 0);
}

function markOf({result, technique, fastest, change}: MatrixCell): [string, Tone] {
  if (technique === 'native') return ['', 'baseline'];
  if (result!.equivalence.verdict === 'not-equivalent') {
    return result!.claimsEquivalence ? [MARKS.unequal, 'unequal'] : [MARKS.different, 'different'];
  }
  const mark = result!.equivalence.verdict === 'not-checked' ? MARKS.unchecked : '';
  if (change !== undefined) return [MARKS[change] + mark, change === 'gained' ? 'fastest' : 'different'];
  return fastest ? [MARKS.fastest + mark, 'fastest'] : [mark, 'plain'];
}

/** Total: every state a cell can be in has a face, also a cell the plan does not have. */
export function cellFace(cell: MatrixCell | null, mode: ValueMode): CellFace {
  if (cell === null) return {text: '', mark: '', tone: 'muted'};
  if (cell.result === null) {
    return cell.status === 'running'
      ? {text: MARKS.running, mark: '', tone: 'running'}
      : {text: MARKS.waiting, mark: '', tone: 'muted'};
  }
  if (cell.result.outcome === 'refused') return {text: MARKS.refused, mark: '', tone: 'muted'};
  const failed = failure(cell.result, cell.native);
  if (failed !== null) return {text: `${MARKS.failed} ${failed}`, mark: '', tone: 'failed'};
  const [mark, tone] = markOf(cell);
  return {text: figure(cell.result, cell.native, mode), mark, tone};
}

/** Every mark with its meaning. */
export const markMeanings = (): [string, string][] =>
  Object.entries(MARKS).map(([name, mark]) => [mark, MEANINGS[name as keyof typeof MARKS]]);

/** Marks that occur in these faces, each with its meaning, in a fixed order. */
export function legend(faces: readonly CellFace[]): string[] {
  const shown = new Set(faces.flatMap(({text, mark}) => [...text.split(' '), ...(mark === MARKS.unequal ? [mark] : mark.split(''))]));
  return markMeanings().filter(([mark]) => shown.has(mark)).map(([mark, meaning]) => `${mark} ${meaning}`);
}
