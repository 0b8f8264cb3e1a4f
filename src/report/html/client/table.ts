// The table of cells: its columns, sorting and filtering, and rows as HTML. Only a window of the rows is ever in the page, so
// ten thousand cells sort and scroll as a hundred do.
import {formatMs, formatPerOperation, formatSlowdown} from '../../format.ts';
import type {PageCell, PageData} from '../data.ts';
import {escapeHtml} from './markup.ts';

export interface Column {
  readonly name: string;
  readonly title: string;
  readonly numeric: boolean;
  /** Sorted by this; null stands last whichever way. */
  readonly key: (cell: PageCell, data: PageData) => string | number | null;
  readonly text: (cell: PageCell, data: PageData) => string;
}

const words = (name: string, title: string, of: (cell: PageCell, data: PageData) => string): Column =>
  ({name, title, numeric: false, key: of, text: of});
const ended = (cell: PageCell): boolean => cell.state !== 'refused';

function figures(name: string, title: string, of: (cell: PageCell) => number | null, show: (value: number) => string): Column {
  const key = (cell: PageCell): number | null => (ended(cell) ? of(cell) : null);
  return {name, title, numeric: true, key, text: cell => (key(cell) === null ? '' : show(key(cell)!))};
}

export const COLUMNS: readonly Column[] = [
  words('workload', 'what the guest does', (cell, {rows}) => rows[cell.row].label),
  words('technique', 'how it is virtualized', (cell, {techniques}) => techniques[cell.tech]),
  words('host', 'the modelled host', (cell, {hosts}) => hosts[cell.host]),
  words('state', 'how the cell ended', ({state}) => state),
  figures('slowdown', 'modelled cycles against native', ({slow}) => slow, formatSlowdown),
  figures('cycles', 'modelled cycles, per operation where the workload marks operations', ({cycles}) => cycles, formatPerOperation),
  figures('exits', 'switches out of the guest, per operation', ({exits}) => exits, formatPerOperation),
  figures('switches', 'all mode switches, per operation', ({switches}) => switches, formatPerOperation),
  figures('estimated', 'share of the cycles that rests on estimates', ({est}) => est, value => `${value.toFixed(1)}%`),
  words('verdict', 'equivalence to bare metal', cell => (ended(cell) ? cell.verdict : '')),
  figures('measured', 'mean time this computer took to simulate the guest', ({ms}) => ms, formatMs),
];

/** Cells in which every word of `filter` occurs somewhere among their names. */
export function filtered(data: PageData, filter: string): PageCell[] {
  const wanted = filter.toLowerCase().split(/\s+/).filter(word => word !== '');
  if (wanted.length === 0) return [...data.cells];
  return data.cells.filter(({row, tech, host, state, verdict}) => {
    const text = `${data.rows[row].label} ${data.techniques[tech]} ${data.hosts[host]} ${state} ${verdict}`.toLowerCase();
    return wanted.every(word => text.includes(word));
  });
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);

/** Stable, so that a second column sorts within the first. */
export function sorted(cells: readonly PageCell[], {column, down}: {readonly column: number; readonly down: boolean}, data: PageData): PageCell[] {
  const {key} = COLUMNS[column];
  const keyed = cells.map(cell => ({cell, key: key(cell, data)}));
  const order = (a: string | number | null, b: string | number | null): number =>
    (a === null || b === null ? Number(a === null) - Number(b === null) : down ? compare(b, a) : compare(a, b));
  return keyed.toSorted((a, b) => order(a.key, b.key))
    .map(({cell}) => cell);
}

export const headRow = ({column, down}: {readonly column: number; readonly down: boolean}): string => `<tr>${COLUMNS.map(({name, title, numeric}, index) => {
  const sort = index === column ? ` aria-sort="${down ? 'descending' : 'ascending'}"` : '';
  return `<th scope="col"${numeric ? ' class="n"' : ''}${sort}><button type="button" data-column="${index}" title="${escapeHtml(title)}">${name}${index === column ? (down ? ' ▾' : ' ▴') : ''}</button></th>`;
}).join('')}</tr>`;

export const bodyRows = (cells: readonly PageCell[], data: PageData): string => cells.map(cell => `<tr class="${rowClass(cell)}" data-cell="${data.cells.indexOf(cell)}" tabindex="0">${COLUMNS.map(column =>
  `<td${column.numeric ? ' class="n"' : ''}>${escapeHtml(column.text(cell, data))}${column.name === 'slowdown' && cell.best ? ' *' : ''}</td>`).join('')}</tr>`).join('');

const rowClass = ({state, verdict}: PageCell): string =>
  state === 'refused' ? 'refused' : state !== 'completed' ? 'failed' : verdict === 'not-equivalent' ? 'unequal' : '';
