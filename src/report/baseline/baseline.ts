// Golden counts: what a run counted, without prices, cycles and times, one count a line, so that a changed mechanism shows as a
// small change of a file. Under the instruction clock no count depends on a cost.
import * as v from 'valibot';
import type {CellResult, RunResult} from '../../lab/result.ts';
import {SCHEMA_VERSION} from '../../lab/result.ts';
import {CATEGORIES, type Category, type Context, type Kind} from '../../ledger/context.ts';
import {COSTS, type CostName} from '../../host/costs.ts';
import {ReportError} from '../report-error.ts';

export const BASELINE_VERSION = 1;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const cellSchema = v.strictObject({
  workload: v.string(), params: v.record(v.string(), v.union([v.string(), v.number()])), technique: v.string(), host: v.string(),
  outcome: v.picklist(['completed', 'triple-fault', 'deadlock', 'budget', 'error']), exitCode: v.nullable(v.number()),
  claimsEquivalence: v.boolean(), verdict: v.picklist(['equivalent', 'not-equivalent', 'not-checked']),
  operations: v.nullable(count), instructions: v.strictObject({total: count, region: count, emulated: count}),
  switches: v.record(v.string(), count), events: v.record(v.string(), count),
});
const schema = v.strictObject({baseline: v.literal(BASELINE_VERSION), clock: v.picklist(['cycles', 'instructions']), cells: v.array(cellSchema)});
type Counts = v.InferOutput<typeof cellSchema>;

/** Counts of one name added up, in order of name. */
function sums(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const [name, n] of entries) counts.set(name, (counts.get(name) ?? 0) + n);
  return Object.fromEntries([...counts.keys()].toSorted().map(name => [name, counts.get(name)!]));
}

function counts(cell: CellResult) {
  const {workload, params, technique, host, outcome, exitCode, claimsEquivalence, equivalence, perOperation, instructions, switches, events} = cell;
  return {
    workload, params, technique: technique.name, host, outcome, exitCode, claimsEquivalence, verdict: equivalence.verdict,
    operations: perOperation?.operations ?? null,
    instructions: {total: instructions.total, region: instructions.region, emulated: instructions.emulated},
    switches: sums(switches.map(({from, to, kind, reason, detail, count: n}) => [[from, to, kind, reason, detail].join(' '), n])),
    events: sums(events.map(({name, count: n}) => [name, n])),
  };
}

const lines = (record: Readonly<Record<string, number>>): string =>
  Object.entries(record).map(([name, n]) => `\n   ${JSON.stringify(name)}: ${n}`).join(',');

/** What a cell is on one line, then one count a line. */
function cellText(cell: CellResult): string {
  const {switches, events, ...rest} = counts(cell);
  return `\n ${JSON.stringify(rest).slice(0, -1)},\n  "switches": {${lines(switches)}},\n  "events": {${lines(events)}}}`;
}

/** A run's counts as a file, refused cells left out. Ends with a newline. */
export function formatBaseline({cells}: RunResult): string {
  const ran = cells.filter(({outcome}) => outcome !== 'refused');
  return `{"baseline": ${BASELINE_VERSION}, "clock": "${ran[0]?.clock ?? 'instructions'}", "cells": [${ran.map(cellText).join(',')}\n]}\n`;
}

export const isBaseline = (document: unknown): boolean => typeof document === 'object' && document !== null && 'baseline' in document;

const noCycles = (): Record<Category, number> => Object.fromEntries(CATEGORIES.map(name => [name, 0])) as Record<Category, number>;

function techniqueOf(name: string): CellResult['technique'] {
  const [, cpu, memory, io, architecture] = /^([^+]+)\+([^+]+)\+([^@]+)@(.+)$/.exec(name) ?? [null, name, null, null, null];
  const bare = (part: string | null): string | null => part?.replace(/\[.*\]$/, '') ?? null;
  return {name, cpu: bare(cpu)!, memory: bare(memory), io: bare(io), architecture: bare(architecture)};
}

/** A cell of counts alone: cycles and unit costs are zero and mean nothing. */
function cellOf({switches, events, operations, instructions, verdict, technique, ...rest}: Counts, clock: CellResult['clock']): CellResult {
  const edges = Object.entries(switches).map(([edge, n]) => {
    const [from, to, kind, reason, ...detail] = edge.split(' ');
    return {from: from as Context, to: to as Context, kind: kind as Kind, reason, detail: detail.join(' '), count: n};
  });
  const exits = edges.filter(({from, to}) => from.startsWith('guest-') && !to.startsWith('guest-')).reduce((sum, edge) => sum + edge.count, 0);
  const all = edges.reduce((sum, edge) => sum + edge.count, 0);
  return {
    ...rest, technique: techniqueOf(technique), clock, console: '', switches: edges,
    instructions: {...instructions, direct: instructions.region - instructions.emulated, hardware: 0, repIterations: 0},
    cycles: {total: 0, region: 0, byCategory: noCycles()},
    events: Object.entries(events).map(([name, n]) =>
      ({name, category: COSTS[name as CostName]?.category ?? 'guest', count: n, unitCost: 0, grade: 'estimated'})),
    feedback: {timerInterrupts: 0, rdtsc: 0, idleCycles: 0, deviceWaits: 0},
    perOperation: operations === null ? null : {operations, instructions: instructions.region / operations, cycles: 0, exits: exits / operations,
      switches: all / operations},
    equivalence: {verdict, clock, detail: 'a baseline holds the verdict alone'}, measured: null,
  };
}

/**
 * A baseline as a run without cycles; `source` names it in errors.
 * @throws ReportError
 */
export function parseBaseline(document: unknown, source: string): RunResult {
  const parsed = v.safeParse(schema, document, {abortEarly: true});
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new ReportError(`${source} is not a baseline of this worldswitch: ${v.getDotPath(issue) ?? ''} ${issue.message}; write it anew with 'worldswitch baseline'.`);
  }
  const {clock, cells} = parsed.output;
  const environment = {
    worldswitch: '', node: '', platform: '', cpuModel: '', cpuCount: 0, startedAt: '', finishedAt: '', elapsedMs: 0, command: [], simplifications: [],
  };
  return {schemaVersion: SCHEMA_VERSION, complete: true, environment, cells: cells.map(cell => cellOf(cell, clock))};
}
