// A comparison as one JSON document for scripts: the verdict, every cell that differs with its figures and what they are made
// of, measured time, gates.
import type {Difference} from '../difference.ts';
import type {Comparison, Side} from './comparison.ts';
import {gateName} from './gate.ts';
import type {PairComparison} from './pair.ts';
import {timeSentence, verdictSentence} from './verdict.ts';

const side = ({name, run, countsOnly}: Side): object => ({
  name, complete: run.complete, countsOnly, worldswitch: run.environment.worldswitch, finishedAt: run.environment.finishedAt,
});

const differing = (rows: readonly Difference[]): readonly Difference[] => rows.filter(({a, b}) => a !== b);

function cellDocument({cell, a, b, judgement, changes, differences, prices, others, time}: PairComparison): object {
  const {each, byCategory, byCost, byExit, bySwitch} = differences;
  return {
    cell, workload: a.workload, params: a.params, host: a.host, techniques: {a: a.technique.name, b: b.technique.name}, judgement,
    metrics: changes.map(({metric: {name, unit, exact, better}, a: before, b: after}) => ({name, unit, exact, better, a: before, b: after})),
    causes: {perOperation: each, exits: differing(byExit), switches: differing(bySwitch), categories: differing(byCategory),
      costs: differing(byCost), prices},
    others, time,
  };
}

/** With two-space indentation and a newline at the end. */
export function comparisonJson(comparison: Comparison, exitCode: number): string {
  const {a, b, pairs, onlyA, onlyB, gates, breaches} = comparison;
  const count = (judgement: string): number => pairs.filter(pair => pair.judgement === judgement).length;
  return `${JSON.stringify({
    schemaVersion: 1, verdict: verdictSentence(comparison), time: timeSentence(comparison), exitCode, a: side(a), b: side(b),
    cells: Object.fromEntries(['identical', 'better', 'worse', 'changed', 'incomparable'].map(name => [name, count(name)])),
    gates: gates.map(gateName), breaches, onlyInA: onlyA, onlyInB: onlyB,
    differing: pairs.filter(pair => pair.judgement !== 'identical' || (pair.time !== null && !('notCompared' in pair.time) && pair.time.significant)).map(cellDocument),
  }, null, 2)}\n`;
}
