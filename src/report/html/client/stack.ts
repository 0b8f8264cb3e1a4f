// Cycles by category as stacked bars: each as long as its share, the total beside it.
import {formatPerOperation, formatShare} from '../../format.ts';
import {at, CATEGORY_COLOURS, escapeHtml, svg} from './markup.ts';

export interface Stack {
  readonly name: string;
  /** In the order of the categories. */
  readonly parts: readonly number[];
}

const LABELS = 330;
const PLOT = 520;
const ROW = 22;

function stackRow({name, parts}: Stack, row: number, categories: readonly string[]): string {
  const total = parts.reduce((sum, part) => sum + part, 0);
  let left = LABELS;
  const pieces = parts.map((part, index) => {
    if (part === 0) return '';
    const width = (part / total) * PLOT;
    const piece = `<rect x="${at(left)}" y="${row * ROW + 4}" width="${at(Math.max(0.3, width))}" height="${ROW - 7}" fill="${CATEGORY_COLOURS[categories[index]]}">`
      + `<title>${categories[index]}: ${formatPerOperation(part)} cycles, ${formatShare(part, total)}</title></rect>`;
    left += width;
    return piece;
  });
  return `<text x="${LABELS - 8}" y="${row * ROW + 16}" class="end">${escapeHtml(name)}</text>${pieces.join('')}`
    + `<text x="${LABELS + PLOT + 8}" y="${row * ROW + 16}">${formatPerOperation(total)}</text>`;
}

/** Bars without any cycles are left out; empty without bars. */
export function categoryStacks(stacks: readonly Stack[], categories: readonly string[]): string {
  const shown = stacks.filter(({parts}) => parts.some(part => part > 0));
  if (shown.length === 0) return '';
  return svg(LABELS + PLOT + 110, shown.length * ROW + 4, 'cycles by category', shown.map((stack, row) => stackRow(stack, row, categories)).join(''));
}

/** Names and colours of the categories that occur. */
export function categoryLegend(stacks: readonly Stack[], categories: readonly {readonly name: string; readonly meaning: string}[]): string {
  const used = categories.filter((_, index) => stacks.some(({parts}) => parts[index] > 0));
  return `<p class="legend">${used.map(({name, meaning}) =>
    `<span title="${escapeHtml(meaning)}"><i style="background:${CATEGORY_COLOURS[name]}"></i>${name}</span>`).join(' ')}</p>`;
}
