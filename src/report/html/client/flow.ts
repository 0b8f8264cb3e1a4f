// The flow of control of one cell: contexts as boxes, in the order of privilege, and every edge between two of them as an arc
// as thick as it is frequent, with its count.
import {formatPerOperation} from '../../format.ts';
import {at, escapeHtml, svg} from './markup.ts';

export interface FlowEdge {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Kinds, reasons and details with their counts. */
  readonly says: string;
}

/** Column and line of each context; the guest on the left, hosts and driver domains to the right. */
const PLACES: Readonly<Record<string, readonly [number, number]>> = {
  'guest-user': [0, 0], 'guest-kernel': [0, 1], vmm: [1, 1], 'host-kernel': [2, 1], 'host-user': [2, 0], 'driver-kernel': [3, 1],
  'driver-user': [3, 0],
};
const BOX = {width: 120, height: 40};
const STEP = {x: 250, y: 170};
const MARGIN = 40;

const centre = (context: string): readonly [number, number] => {
  const [column, line] = PLACES[context] ?? [1, 2];
  return [MARGIN + BOX.width / 2 + column * STEP.x, MARGIN + BOX.height / 2 + line * STEP.y];
};

/** Where a line from the middle of a box in direction (x, y) leaves it. */
function border(x: number, y: number): number {
  return Math.min(Math.abs(x) < 1e-6 ? Infinity : BOX.width / 2 / Math.abs(x), Math.abs(y) < 1e-6 ? Infinity : BOX.height / 2 / Math.abs(y));
}

function arc({from, to, count, says}: FlowEdge, most: number): string {
  const [[x1, y1], [x2, y2]] = [centre(from), centre(to)];
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [nx, ny] = [-uy, ux];
  const side = 9;
  const reach = border(ux, uy);
  const [sx, sy] = [x1 + ux * reach + nx * side, y1 + uy * reach + ny * side];
  const [ex, ey] = [x2 - ux * (reach + 7) + nx * side, y2 - uy * (reach + 7) + ny * side];
  const bend = 26;
  const [mx, my] = [(sx + ex) / 2 + nx * bend, (sy + ey) / 2 + ny * bend];
  const width = 1 + 4 * (most > 0 ? Math.log1p(count) / Math.log1p(most) : 0);
  const anchor = Math.abs(nx) < 0.3 ? 'mid' : nx > 0 ? '' : 'end';
  return `<g><title>${escapeHtml(says)}</title><path d="M${at(sx)} ${at(sy)} Q${at(mx)} ${at(my)} ${at(ex)} ${at(ey)}" class="edge" stroke-width="${at(width)}" marker-end="url(#tip)"/>`
    + `<text x="${at(mx + nx * 2)}" y="${at(my + ny * 4 + 4)}" class="count ${anchor}">${formatPerOperation(count)}</text></g>`;
}

const box = (context: string): string => {
  const [x, y] = centre(context);
  return `<rect x="${at(x - BOX.width / 2)}" y="${at(y - BOX.height / 2)}" width="${BOX.width}" height="${BOX.height}" rx="6" class="context"/>`
    + `<text x="${at(x)}" y="${at(y + 5)}" class="mid">${escapeHtml(context)}</text>`;
};

const TIP = '<defs><marker id="tip" viewBox="0 0 10 10" refX="3" refY="5" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" class="tip"/></marker></defs>';

/** Empty when nothing switched. */
export function flowDiagram(edges: readonly FlowEdge[]): string {
  if (edges.length === 0) return '';
  const contexts = [...new Set(edges.flatMap(({from, to}) => [from, to]))];
  const most = Math.max(...edges.map(({count}) => count));
  const [right, bottom] = [0, 1].map(axis => Math.max(...contexts.map(context => centre(context)[axis]))) as [number, number];
  const body = `${TIP}${edges.map(edge => arc(edge, most)).join('')}${contexts.map(box).join('')}`;
  return svg(right + BOX.width / 2 + MARGIN + 30, bottom + BOX.height / 2 + MARGIN, 'mode switches between contexts', body);
}
