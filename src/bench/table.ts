// The benchmark's table: one row for each workload and engine.
import {markdownTable} from 'markdown-table';
import type {Row} from './measure.ts';

const HEAD = ['workload', 'engine', 'MIPS', 'million operations/s', 'median ms', 'worldswitch / this'];

export function table(rows: readonly Row[]): string {
  const lines = rows.flatMap(({workload, figures}) => figures.map(figure => [
    workload, figure.engine, figure.mips.toFixed(1), figure.operationsPerMicrosecond.toPrecision(3), figure.milliseconds.toFixed(0),
    (figures[0].mips / figure.mips).toFixed(2),
  ]));
  return markdownTable([HEAD, ...lines], {align: ['l', 'l', 'r', 'r', 'r', 'r']});
}
