// The table model behind every matrix shown: per host, workloads down and techniques across, built from a finished run or
// from a snapshot of a running one. What a cell shows is in cell-face.ts.
import type {CellProgress, RunSnapshot} from '../lab/live.ts';
import type {CellResult, RunResult} from '../lab/result.ts';
import {formatParams, isComparable} from './figures.ts';
import {printable} from './printable.ts';

/** One planned or finished cell, wherever it came from. */
export interface MatrixEntry {
  /** Workload with its parameters: what makes a row within a host. */
  readonly rowKey: string;
  readonly workload: string;
  readonly technique: string;
  readonly host: string;
  readonly status: CellProgress['status'];
  readonly result: CellResult | null;
}

export interface MatrixCell extends MatrixEntry {
  /** The bare-metal cell of the same workload, parameters and host, once it has ended. */
  readonly native: CellResult | null;
  /** Fewest cycles in its row among comparable techniques, bare metal apart, that do not all take the same; known when the row is done. */
  readonly fastest: boolean;
  /** What other costs did to its place as the fastest; absent where nothing. */
  readonly change?: 'gained' | 'lost';
}

export interface MatrixRow {
  readonly label: string;
  /** In the order of `Matrix.techniques`; null where the plan has no such cell. */
  readonly cells: readonly (MatrixCell | null)[];
}

export interface HostTable {
  readonly host: string;
  readonly rows: readonly MatrixRow[];
}

export interface Matrix {
  readonly techniques: readonly string[];
  readonly hosts: readonly HostTable[];
}

export const resultEntry = (result: CellResult): MatrixEntry => {
  const params = formatParams(result.params);
  return {
    rowKey: params === '' ? result.workload : `${result.workload}[${params}]`,
    workload: result.workload, technique: result.technique.name, host: result.host, status: 'done', result,
  };
};

export const runEntries = (run: RunResult): MatrixEntry[] => run.cells.map(resultEntry);

export const snapshotEntries = (snapshot: RunSnapshot): MatrixEntry[] =>
  snapshot.cells.map(({key, workload, technique, host, status, result}) => {
    const tail = ` | ${technique} | ${host}`;
    return {rowKey: key.endsWith(tail) ? key.slice(0, -tail.length) : key, workload, technique, host, status, result};
  });

const paramsOf = (rowKey: string, workload: string): string[] => rowKey.slice(workload.length + 1, -1).split(',').filter((param) => param !== '');

/** A row's key with only those parameters that another row of its workload has otherwise. */
function distinctions(rows: ReadonlyMap<string, string>): (rowKey: string) => string {
  const same = Map.groupBy(rows.keys(), (rowKey) => rows.get(rowKey)!);
  const common = new Map([...same].map(([workload, keys]) =>
    [workload, paramsOf(keys[0], workload).filter((param) => keys.every((key) => paramsOf(key, workload).includes(param)))]));
  return (rowKey) => {
    const workload = rows.get(rowKey)!;
    const own = paramsOf(rowKey, workload).filter((param) => !common.get(workload)!.includes(param));
    return own.length === 0 ? workload : `${workload}[${own.join(',')}]`;
  };
}

/** The shortest of file name, workload, workload with the parameters that differ, and with all, that no other row has. */
function rowLabels(entries: readonly MatrixEntry[]): Map<string, string> {
  const rows = new Map(entries.map((entry) => [entry.rowKey, entry.workload]));
  const distinct = distinctions(rows);
  const forms = (rowKey: string): string[] => [rows.get(rowKey)!.split('/').at(-1)!, rows.get(rowKey)!, distinct(rowKey), rowKey];
  const uses = new Map<string, number>();
  for (const rowKey of rows.keys()) for (const form of new Set(forms(rowKey))) uses.set(form, (uses.get(form) ?? 0) + 1);
  return new Map([...rows.keys()].map((rowKey) => [rowKey, forms(rowKey).find((form) => uses.get(form) === 1) ?? rowKey]));
}

function fastestOf(row: readonly MatrixEntry[], native: CellResult | null): number | null {
  if (row.some((entry) => entry.status !== 'done')) return null;
  const cycles = row.flatMap(({technique, result}) =>
    technique !== 'native' && result !== null && isComparable(result, native) ? [result.cycles.region] : []);
  return new Set(cycles).size < 2 ? null : Math.min(...cycles);
}

function buildRow(row: readonly MatrixEntry[], label: string, techniques: readonly string[]): MatrixRow {
  const native = row.find((entry) => entry.technique === 'native')?.result ?? null;
  const least = fastestOf(row, native);
  const build = (entry: MatrixEntry | undefined): MatrixCell | null => {
    if (entry === undefined) return null;
    const comparable = entry.result !== null && entry.technique !== 'native' && isComparable(entry.result, native);
    return {...entry, native, fastest: comparable && entry.result.cycles.region === least};
  };
  return {label, cells: techniques.map((technique) => build(row.find((entry) => entry.technique === technique)))};
}

/** Rows, columns and hosts in the order in which the entries first name them: plan order. */
export function buildMatrix(entries: readonly MatrixEntry[]): Matrix {
  const techniques = [...new Set(entries.map((entry) => entry.technique))];
  const labels = rowLabels(entries);
  const hosts = [...Map.groupBy(entries, (entry) => entry.host)].map(([host, ofHost]): HostTable => ({
    host,
    rows: [...Map.groupBy(ofHost, (entry) => entry.rowKey)].map(([rowKey, row]) =>
      buildRow(row, printable(labels.get(rowKey)!), techniques)),
  }));
  return {techniques, hosts};
}

export const matrixRows = (matrix: Matrix): MatrixRow[] => matrix.hosts.flatMap((table) => [...table.rows]);
