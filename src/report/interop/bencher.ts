// Bencher Metric Format (bencher.dev, "Bencher Metric Format"): benchmark, measure, value; bounds where something was measured.
import type {CellResult, RunResult} from '../../lab/result.ts';
import {EXITS, SWITCHES} from '../compare/metric.ts';
import {benchmarks} from './bench-names.ts';

interface Metric {
  readonly value: number;
  readonly lower_value?: number;
  readonly upper_value?: number;
}

const NANOSECONDS = 1e6;

function measures(cell: CellResult): Record<string, Metric> {
  const {perOperation, measured} = cell;
  const exact = {
    'modelled-cycles': {value: cell.cycles.region}, exits: {value: EXITS.of(cell)!}, switches: {value: SWITCHES.of(cell)!},
    ...(perOperation === null ? {} : {'modelled-cycles-per-operation': {value: perOperation.cycles}}),
  };
  if (measured === null) return exact;
  const {meanMs, rme} = measured;
  const margin = (meanMs * rme) / 100;
  return {...exact, latency: {value: meanMs * NANOSECONDS, lower_value: Math.max(0, meanMs - margin) * NANOSECONDS,
    upper_value: (meanMs + margin) * NANOSECONDS}};
}

export const formatBencher = (run: RunResult): string =>
  `${JSON.stringify(Object.fromEntries(benchmarks(run).map(({name, cell}) => [name, measures(cell)])), null, 2)}\n`;
