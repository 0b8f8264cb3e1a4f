// The input of github-action-benchmark with `tool: customSmallerIsBetter`: a list of name, unit and value. Exact figures have
// no range; measured time has the margin of its mean.
import type {CellResult, RunResult} from '../../lab/result.ts';
import {EXITS, SWITCHES} from '../compare/metric.ts';
import {benchmarks} from './bench-names.ts';

interface Entry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly range?: string;
  readonly extra?: string;
}

function entries(name: string, cell: CellResult): Entry[] {
  const {measured, perOperation} = cell;
  const extra = perOperation === null ? {} : {extra: `${perOperation.operations} operations`};
  return [
    {name: `${name} | modelled cycles`, unit: 'cycles', value: cell.cycles.region, ...extra},
    {name: `${name} | exits`, unit: 'exits', value: EXITS.of(cell)!, ...extra},
    {name: `${name} | mode switches`, unit: 'switches', value: SWITCHES.of(cell)!, ...extra},
    ...(measured === null ? [] : [{
      name: `${name} | measured time`, unit: 'ms', value: measured.meanMs, range: `± ${((measured.meanMs * measured.rme) / 100).toPrecision(3)}`,
        extra: `${measured.samples} samples`,
    }]),
  ];
}

export const formatBenchmarkAction = (run: RunResult): string =>
  `${JSON.stringify(benchmarks(run).flatMap(({name, cell}) => entries(name, cell)), null, 2)}\n`;
