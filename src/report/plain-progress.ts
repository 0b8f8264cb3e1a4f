// Follows a run in plain text: a header, one line for each cell as it ends, in the order in which they end.
import type {CellProgress, LiveRun, RunSnapshot} from '../lab/live.ts';
import type {RunResult} from '../lab/result.ts';
import {failure} from './figures.ts';
import {formatCycles, formatDuration, formatEach, formatNumbered, formatSlowdown} from './format.ts';
import {paint, type PlainOptions} from './plain.ts';
import {printable} from './printable.ts';

const POLL_MS = 100;

export interface PlainFollowOptions extends PlainOptions {
  readonly write: (text: string) => void;
}

const distinct = (values: readonly string[]): number => new Set(values).size;

/** `worldswitch: 40 cells: 4 workloads x 5 techniques x 2 hosts`. */
export function headline({cells}: Pick<RunSnapshot, 'cells'>): string {
  const axes = [
    formatNumbered(distinct(cells.map(({key, technique, host}) => key.replace(` | ${technique} | ${host}`, ''))), 'workload'),
    formatNumbered(distinct(cells.map((cell) => cell.technique)), 'technique'),
    formatNumbered(distinct(cells.map((cell) => cell.host)), 'host'),
  ];
  return `worldswitch: ${formatNumbered(cells.length, 'cell')}: ${axes.join(' x ')}`;
}

const nativeOf = (progress: CellProgress, all: readonly CellProgress[]) =>
  all.find(({key}) => key === progress.key.replace(` | ${progress.technique} | `, ' | native | '))?.result ?? null;

function figures(progress: CellProgress, all: readonly CellProgress[]): string {
  const cell = progress.result!;
  if (cell.outcome === 'refused') return `refused: ${cell.reason ?? 'no reason given'}`;
  const native = nativeOf(progress, all);
  const failed = failure(cell, native);
  if (failed !== null) return `FAILED: ${failed}${cell.reason === undefined ? '' : `: ${cell.reason}`}`;
  const parts = [`${formatCycles(cell.cycles.region)} cycles`];
  if (native !== null && native.cycles.region > 0) parts.push(formatSlowdown(cell.cycles.region / native.cycles.region));
  if (cell.perOperation !== null) parts.push(`${formatEach(cell.perOperation.exits, 'exit')} per operation`);
  if (progress.technique !== 'native') parts.push(cell.equivalence.verdict);
  return parts.join(', ');
}

/** `[ 3/40] syscall | native | nehalem-2009: 1,204 cycles, 1.00x, ...`. */
export function cellLine(progress: CellProgress, ended: number, all: readonly CellProgress[]): string {
  const total = String(all.length);
  return printable(`[${String(ended).padStart(total.length)}/${total}] ${progress.key}: ${figures(progress, all)}`);
}

/** Refused cells are known from the start: those of one technique, host and reason stand in one group, every other cell alone. */
function grouped(cells: readonly CellProgress[]): (readonly CellProgress[])[] {
  const key = ({key, technique, host, result}: CellProgress): string =>
    result?.outcome === 'refused' ? JSON.stringify([technique, host, result.reason]) : key;
  return [...Map.groupBy(cells, key).values()];
}

function groupLine(group: readonly CellProgress[], ended: number, all: readonly CellProgress[]): string {
  const [first] = group;
  if (group.length === 1) return cellLine(first, ended, all);
  const key = `${first.technique} | ${first.host} (${formatNumbered(group.length, 'cell')})`;
  return cellLine({...first, key}, ended, all);
}

/** Writes the header and each cell's line as it ends; resolves with the run's result. */
export async function followPlain(run: LiveRun, {write, ...options}: PlainFollowOptions): Promise<RunResult> {
  const seen = new Set<string>();
  const report = (): void => {
    const {cells} = run.snapshot();
    for (const group of grouped(cells.filter(({key, result}) => result !== null && !seen.has(key)))) {
      for (const {key} of group) seen.add(key);
      write(`${groupLine(group, seen.size, cells)}\n`);
    }
  };
  write(`${paint(headline(run.snapshot()), 'title', options)}\n\n`);
  const timer = setInterval(report, POLL_MS);
  const result = await run.done.finally(() => clearInterval(timer));
  report();
  write(`\n${result.complete ? '' : `Interrupted after ${formatDuration(result.environment.elapsedMs)}.\n\n`}`);
  return result;
}
