// A whole report under other prices, and what that changes: cycles, slowdowns, and who is fastest.
import type {CellResult, RunResult} from '../../lab/result.ts';
import {shortName} from '../heading.ts';
import {buildMatrix, matrixRows, runEntries, type MatrixRow} from '../matrix.ts';
import {isEstimate, recost, type NewCost} from '../recost.ts';

const NOTE = 'recosted from stored events: figures beyond the measured region are at the old prices';

/** Every cell under other prices; those that changed say so, their changed costs are graded as judgements. */
export function recostRun(run: RunResult, newCost: NewCost): RunResult {
  return {...run, cells: run.cells.map(cell => {
    const changed = recost(cell, newCost);
    if (changed === cell) return cell;
    const estimate = isEstimate(cell) ? ['an estimate: the guest looked at time, so at other prices it might have gone another way'] : [];
    return {
      ...changed, events: changed.events.map((event, at) => (event.unitCost === cell.events[at].unitCost ? event
        : {...event, grade: 'estimated' as const})),
      notes: [...(cell.notes ?? []), NOTE, ...estimate], measured: null,
    };
  })};
}

export interface CellChange {
  readonly row: string;
  readonly technique: string;
  readonly host: string;
  readonly before: CellResult;
  readonly after: CellResult;
  /** Against native; null without it. */
  readonly slowdowns: readonly [number, number] | null;
  readonly estimate: boolean;
}

export interface WinnerChange {
  readonly row: string;
  readonly host: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const winners = ({cells}: MatrixRow): string[] => cells.filter(cell => cell?.fastest).map(cell => shortName(cell!.technique));

interface Place {
  readonly host: string;
  readonly row: MatrixRow;
}

export const places = (run: RunResult): Place[] => buildMatrix(runEntries(run)).hosts.flatMap(({host, rows}) => rows.map(row => ({host, row})));

/** Rows whose fastest techniques are others than before; a tie that one of them leaves is no change of the winner. */
export function winnerChanges(before: readonly Place[], after: readonly Place[]): WinnerChange[] {
  return before.flatMap(({host, row}, at) => {
    const [old, now] = [winners(row), winners(after[at].row)];
    return now.some(name => !old.includes(name)) ? [{row: row.label, host, before: old, after: now}] : [];
  });
}

/** Cells that changed, the largest change of cycles first. */
export function cellChanges(before: RunResult, after: RunResult): CellChange[] {
  const [old, now] = [before, after].map(run => matrixRows(buildMatrix(runEntries(run))));
  const changes = old.flatMap((row, at) => row.cells.flatMap((cell, column): CellChange[] => {
    const other = now[at].cells[column];
    if (cell?.result == null || other?.result == null || cell.result === other.result) return [];
    const [a, b] = [cell.native?.cycles.region ?? 0, other.native?.cycles.region ?? 0];
    const slowdowns = a > 0 && b > 0 ? [cell.result.cycles.region / a, other.result.cycles.region / b] as const : null;
    return [{row: row.label, technique: shortName(cell.technique), host: cell.host, before: cell.result, after: other.result, slowdowns,
      estimate: isEstimate(cell.result)}];
  }));
  const size = (change: CellChange): number => Math.abs(Math.log((change.after.cycles.region || 1) / (change.before.cycles.region || 1)));
  return changes.toSorted((x, y) => size(y) - size(x));
}
