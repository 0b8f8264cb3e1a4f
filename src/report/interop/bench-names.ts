// Cells as the benchmarks of other tools: those whose figures count, each under one name.
import type {CellResult, RunResult} from '../../lab/result.ts';
import {isComparable} from '../figures.ts';
import {buildMatrix, matrixRows, runEntries} from '../matrix.ts';
import {printable} from '../printable.ts';

export interface NamedCell {
  readonly name: string;
  readonly cell: CellResult;
}

/** Cells that ended well and computed what bare metal computes, in the order of the report. */
export const benchmarks = (run: RunResult): NamedCell[] => matrixRows(buildMatrix(runEntries(run))).flatMap(({cells}) => cells.flatMap(cell => {
  if (cell?.result == null || !isComparable(cell.result, cell.native)) return [];
  return [{name: printable(`${cell.rowKey} | ${cell.technique} | ${cell.host}`), cell: cell.result}];
}));
