// A figure over a parameter: one line for each technique. Both axes are logarithmic where the values call for it.
import {formatPerOperation} from '../../format.ts';
import {at, escapeHtml, lineStyle, svg} from './markup.ts';
import {linearScale, logScale, tickText, type Scale} from './scale.ts';

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const LEFT = 70, TOP = 16, PLOT = {width: 600, height: 300}, LEGEND = 330;

/** From the least to the greatest of `values`; logarithmic from a factor of twenty on. */
function axis(values: readonly number[], length: number): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low > 0 && high / low >= 20 ? logScale(low, high, length) : linearScale(high, length);
}

function path({name, points}: Line, index: number, x: Scale, y: Scale): string {
  const {colour, dash} = lineStyle(index);
  const places = points.toSorted(([a], [b]) => a - b).map(([px, py]) => [LEFT + x.place(px), TOP + PLOT.height - y.place(py), px, py] as const);
  const dots = places.map(([cx, cy, px, py]) =>
    `<circle cx="${at(cx)}" cy="${at(cy)}" r="3" fill="${colour}"><title>${escapeHtml(name)}: ${tickText(px)}: ${formatPerOperation(py)}</title></circle>`);
  const row = TOP + 12 + index * 18;
  return `<polyline points="${places.map(([cx, cy]) => `${at(cx)},${at(cy)}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>${dots.join('')}`
    + `<line x1="${LEFT + PLOT.width + 16}" x2="${LEFT + PLOT.width + 44}" y1="${row - 4}" y2="${row - 4}" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`
    + `<text x="${LEFT + PLOT.width + 50}" y="${row}">${escapeHtml(name)}</text>`;
}

/** Empty without points. */
export function sweepLines(lines: readonly Line[], names: {readonly x: string; readonly y: string}): string {
  const points = lines.flatMap(line => line.points);
  if (points.length === 0) return '';
  const x = axis(points.map(([px]) => px), PLOT.width);
  const y = axis(points.map(([, py]) => py), PLOT.height);
  const bottom = TOP + PLOT.height;
  const ticks = [
    ...y.ticks.map(tick =>
      `<line x1="${LEFT}" x2="${LEFT + PLOT.width}" y1="${at(bottom - y.place(tick))}" y2="${at(bottom - y.place(tick))}" class="axis"/><text x="${LEFT - 6}" y="${at(bottom - y.place(tick) + 4)}" class="end small">${tickText(tick)}</text>`),
    ...x.ticks.map(tick => `<text x="${at(LEFT + x.place(tick))}" y="${bottom + 16}" class="mid small">${tickText(tick)}</text>`),
    `<text x="${LEFT + PLOT.width / 2}" y="${bottom + 34}" class="mid">${escapeHtml(names.x)}</text><text x="${LEFT}" y="11" class="small">${escapeHtml(names.y)}</text>`,
  ];
  return svg(LEFT + PLOT.width + LEGEND, Math.max(bottom + 40, TOP + lines.length * 18 + 10), `${names.y} over ${names.x}`, ticks.join('')
    + lines.map((line, index) => path(line, index, x, y)).join(''));
}
