// The matrix as a reader wants it: only the cells whose names hold the words asked for, workloads sorted by a technique.
import {cellValue, type ValueMode} from './cell-face.ts';
import type {HostTable, Matrix, MatrixCell, MatrixRow} from './matrix.ts';

export interface Arrangement {
  /** Words parted by spaces, each held by a cell's `workload | technique | host`, or with a minus before it not held. */
  readonly filter: string;
  /** Technique to sort by, largest figure first; null as planned. */
  readonly sort: string | null;
  readonly reverse: boolean;
  /** The figure to sort by. */
  readonly mode: ValueMode;
}

type Keeps = (cell: MatrixCell) => boolean;

function keeper(filter: string): Keeps {
  const words = filter.toLowerCase().split(' ').filter(word => word !== '' && word !== '-');
  return ({rowKey, technique, host}) => {
    const name = `${rowKey} | ${technique} | ${host}`.toLowerCase();
    return words.every(word => (word.startsWith('-') ? !name.includes(word.slice(1)) : name.includes(word)));
  };
}

function filtered(matrix: Matrix, keeps: Keeps): Matrix {
  const kept = (cell: MatrixCell | null): boolean => cell !== null && keeps(cell);
  const rowKept = ({cells}: MatrixRow): boolean => cells.some(kept);
  const columns = matrix.techniques.flatMap((_, at) => (matrix.hosts.some(({rows}) => rows.some(({cells}) => kept(cells[at] ?? null))) ? [at] : []));
  const hosts = matrix.hosts.map(({host, rows}) => ({
    host, rows: rows.filter(rowKept).map(({label, cells}) => ({label, cells: columns.map(at => (kept(cells[at]) ? cells[at] : null))})),
  }));
  return {techniques: columns.map(at => matrix.techniques[at]), hosts: hosts.filter(({rows}) => rows.length > 0)};
}

/** Workloads without a figure come last, whichever way round. */
function sorted(table: HostTable, column: number, {mode, reverse}: Arrangement): HostTable {
  const value = (row: MatrixRow): number | null => cellValue(row.cells[column] ?? null, mode);
  const [known, unknown] = [table.rows.filter(row => value(row) !== null), table.rows.filter(row => value(row) === null)];
  const sign = reverse ? 1 : -1;
  return {...table, rows: [...known.toSorted((a, b) => sign * (value(a)! - value(b)!)), ...unknown]};
}

/** The same cells throughout: native and the fastest of a row stay known though they may not be shown. */
export function arrange(matrix: Matrix, arrangement: Arrangement): Matrix {
  const {filter, sort, reverse} = arrangement;
  const shown = filter.trim() === '' ? matrix : filtered(matrix, keeper(filter));
  const column = sort === null ? -1 : shown.techniques.indexOf(sort);
  if (column >= 0) return {...shown, hosts: shown.hosts.map(table => sorted(table, column, arrangement))};
  return reverse ? {...shown, hosts: shown.hosts.map(table => ({...table, rows: table.rows.toReversed()}))} : shown;
}
