// Alternating runs of one workload on all engines, each long enough to tell, and what they come to.
import type {Engine} from './engine.ts';
import {runHere} from './ours.ts';
import {programOf, type Subject} from './programs.ts';

/** Shortest run worth timing. */
const SHORTEST_MS = 1000;

export interface Figure {
  readonly engine: string;
  /** Median over the runs, start-up taken off. */
  readonly milliseconds: number;
  readonly operations: number;
  readonly instructions: number;
  /** Million guest instructions a second. */
  readonly mips: number;
  /** Million operations a second. */
  readonly operationsPerMicrosecond: number;
}

export interface Row {
  readonly workload: string;
  readonly figures: readonly Figure[];
}

interface Plan {
  readonly engine: Engine;
  readonly operations: number;
  readonly startUp: number;
  readonly times: number[];
}

export async function measure(subject: Subject, engines: readonly Engine[], runs: number): Promise<Row> {
  const plans: Plan[] = [];
  for (const engine of engines) plans.push(await planOf(subject, engine));
  for (let run = 0; run < runs; run++) {
    for (const {engine, operations, startUp, times} of plans) {
      times.push(await engine.run(programOf(subject, operations)) - startUp);
    }
  }
  const count = instructionCounter(subject);
  return {workload: subject.name, figures: plans.map(plan => figureOf(plan, count(plan.operations)))};
}

/** Measures the start-up and finds how many operations fill a run; this first run warms up too. */
async function planOf(subject: Subject, engine: Engine): Promise<Plan> {
  const startUp = engine.startsUp ? median([await idle(subject, engine), await idle(subject, engine), await idle(subject, engine)]) : 0;
  let {operations} = subject;
  for (;;) {
    const took = await engine.run(programOf(subject, operations)) - startUp;
    if (took >= SHORTEST_MS) return {engine, operations, startUp, times: []};
    operations = Math.ceil(operations * Math.min(16, 1.4 * SHORTEST_MS / Math.max(took, 50)));
  }
}

/** A run with hardly any work. */
const idle = (subject: Subject, engine: Engine): Promise<number> => engine.run(programOf(subject, 1));

/** Instructions of a number of operations. Every operation of these workloads has the same number of them. */
function instructionCounter(subject: Subject): (operations: number) => number {
  const [few, many] = [100, 1100];
  const first = runHere(programOf(subject, few)).instructions;
  const each = (runHere(programOf(subject, many)).instructions - first) / (many - few);
  return operations => Math.round(first + each * (operations - few));
}

function figureOf({engine, operations, times}: Plan, instructions: number): Figure {
  const milliseconds = median(times);
  return {
    engine: engine.name, milliseconds, operations, instructions,
    mips: instructions / milliseconds / 1000, operationsPerMicrosecond: operations / milliseconds / 1000,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
