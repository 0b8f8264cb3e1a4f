// Slowdown bars: one group for each workload, one bar for each technique, on a logarithmic axis with bare metal at 1.
import {formatSlowdown} from '../../format.ts';
import {at, escapeHtml, svg} from './markup.ts';
import {logScale, tickText} from './scale.ts';

export interface Bar {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  /** Fewest cycles of the group. */
  readonly best: boolean;
}

const LABELS = 330;
const PLOT = 560;
const ROW = 15;
const GROUP_GAP = 22;
const TOP = 24;

function groupBody(bars: readonly Bar[], top: number, place: (value: number) => number): string {
  const zero = place(1);
  const rows = bars.map(({name, value, best}, row) => {
    const y = top + GROUP_GAP - 4 + row * ROW;
    const end = place(value);
    return `<g><title>${escapeHtml(name)}: ${formatSlowdown(value)}</title><text x="${LABELS - 8}" y="${y + 11}" class="end">${escapeHtml(name)}</text>`
      + `<rect x="${at(LABELS + Math.min(zero, end))}" y="${y + 2}" width="${at(Math.max(1, Math.abs(end - zero)))}" height="${ROW - 4}" class="${best ? 'bar best' : 'bar'}"/>`
      + `<text x="${at(LABELS + Math.max(zero, end) + 4)}" y="${y + 11}">${formatSlowdown(value)}${best ? ' *' : ''}</text></g>`;
  });
  return `<text x="0" y="${top + 13}" class="group">${escapeHtml(bars[0].group)}</text>${rows.join('')}`;
}

/** Groups in the order first met; empty without bars. */
export function slowdownBars(bars: readonly Bar[]): string {
  if (bars.length === 0) return '';
  const values = bars.map(({value}) => value);
  const {place, ticks} = logScale(Math.min(1, ...values), Math.max(2, ...values), PLOT);
  const groups = [...Map.groupBy(bars, ({group}) => group).values()];
  let top = TOP;
  const body = groups.map(group => {
    const text = groupBody(group, top, place);
    top += GROUP_GAP + group.length * ROW;
    return text;
  });
  const axis = ticks.map(tick =>
    `<line x1="${at(LABELS + place(tick))}" x2="${at(LABELS + place(tick))}" y1="${TOP - 6}" y2="${top}" class="${tick === 1 ? 'axis one' : 'axis'}"/>`
    + `<text x="${at(LABELS + place(tick))}" y="12" class="mid small">${tickText(tick)}x</text>`);
  return svg(LABELS + PLOT + 80, top + 6, 'slowdown against native', axis.join('') + body.join(''));
}
