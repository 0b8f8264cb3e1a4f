// Regression gates: `METRIC>PERCENT` fails a comparison in which a cell's figure grew by more than that. An exact figure is
// taken as it is; measured time only where its whole interval lies beyond the gate and the difference is significant.
import {formatCount} from '../format.ts';
import {listed, UsageError} from '../../lab/usage-error.ts';
import {CATEGORIES} from '../../ledger/context.ts';
import {CYCLES, EXITS, findMetric, PLAIN_METRICS, SWITCHES, type Metric} from './metric.ts';
import type {PairComparison} from './pair.ts';

export interface Gate {
  readonly metric: Metric;
  /** Growth allowed. */
  readonly percent: number;
}

/** One gate that did not hold for one cell. */
export interface Breach {
  readonly gate: string;
  readonly cell: string;
  readonly a: number;
  readonly b: number;
  /** Null where there was none before. */
  readonly percent: number | null;
}

/** Between two runs of the same techniques, more of these is a regression unless other gates are named. */
export const DEFAULT_GATES: readonly Gate[] = [CYCLES, EXITS, SWITCHES].map(metric => ({metric, percent: 0}));

export const gateName = ({metric, percent}: Gate): string => `${metric.name}>${percent}%`;

const WRITTEN = /^([\w-]+)\s*>\s*(\d+(?:\.\d+)?)\s*%?$/;

/**
 * Gates as `--fail-on` takes them; `none` alone stands for none.
 * @throws UsageError
 */
export function readGates(written: readonly string[]): readonly Gate[] {
  return written.filter(text => text.trim() !== 'none').map(text => {
    const [, name, percent] = WRITTEN.exec(text.trim()) ?? [];
    if (name === undefined) throw new UsageError(`--fail-on is '${text}'; it must be METRIC>PERCENT, such as cycles>2 (quoted: > means something to shells), or none`);
    const metric = findMetric(name);
    if (metric) return {metric, percent: Number(percent)};
    const known = [...PLAIN_METRICS.map(each => each.name), 'time', ...CATEGORIES];
    throw new UsageError(`--fail-on names the metric '${name}'; known: ${listed(known)}, and reasons of exits such as CR_ACCESS`);
  });
}

function exactBreach(gate: Gate, {cell, a, b}: PairComparison): Breach[] {
  const [before, after] = [gate.metric.of(a), gate.metric.of(b)];
  if (before === null || after === null || after <= before * (1 + gate.percent / 100)) return [];
  return [{gate: gateName(gate), cell, a: before, b: after, percent: before === 0 ? null : (after / before - 1) * 100}];
}

function timeBreach(gate: Gate, {cell, time}: PairComparison): Breach[] {
  if (time === null || 'notCompared' in time || !time.significant || time.interval[0] <= 1 + gate.percent / 100) return [];
  return [{gate: gateName(gate), cell, a: time.a.median, b: time.b.median, percent: (time.ratio - 1) * 100}];
}

/** All breaches, the largest growth first. */
export function breaches(gates: readonly Gate[], pairs: readonly PairComparison[], countsOnly: boolean): Breach[] {
  const judged = gates.filter(({metric}) => !(countsOnly && metric.unit === CYCLES.unit));
  return judged.flatMap(gate => pairs.flatMap(pair => {
    if (!pair.comparable) return [];
    return gate.metric.exact ? exactBreach(gate, pair) : timeBreach(gate, pair);
  })).toSorted((x, y) => (y.percent ?? Infinity) - (x.percent ?? Infinity));
}

/** `cycles>2%: ptemod | ... grew from 10 to 12 (+20.0%)`. */
export function breachSentence({gate, cell, a, b, percent}: Breach): string {
  const figure = (value: number): string => (Number.isInteger(value) ? formatCount(value) : value.toFixed(3));
  return `${gate}: ${cell} grew from ${figure(a)} to ${figure(b)}${percent === null ? '' : ` (+${percent.toFixed(percent < 0.1 ? 3 : 1)}%)`}`;
}
