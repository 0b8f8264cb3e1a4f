// The result document, version 1, as a schema to check stored reports against. Objects are open: a later version adds fields
// and an older reader keeps them. The types are lab/result.ts; the compiler checks that both agree.
import * as v from 'valibot';
import {CATEGORIES, CONTEXTS, GRADES, KINDS, type Category} from '../ledger/context.ts';
import {OUTCOMES, SCHEMA_VERSION, type RunResult} from '../lab/result.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const text = v.string();
const clock = v.picklist(['cycles', 'instructions']);

const environment = v.looseObject({
  worldswitch: text, node: text, platform: text, cpuModel: text, cpuCount: count, startedAt: text, finishedAt: text,
  elapsedMs: amount, command: v.array(text), simplifications: v.array(text),
});

const technique = v.looseObject({
  name: text, cpu: text, memory: v.nullable(text), io: v.nullable(text), architecture: v.nullable(text),
});

const byCategory = v.looseObject(
  Object.fromEntries(CATEGORIES.map((category) => [category, count])) as Record<Category, typeof count>,
);

const edge = v.looseObject({
  from: v.picklist(CONTEXTS), to: v.picklist(CONTEXTS), kind: v.picklist(KINDS), reason: text, detail: text, count,
});

const event = v.looseObject({name: text, category: v.picklist(CATEGORIES), count, unitCost: count, grade: v.picklist(GRADES)});

const perOperation = v.looseObject({operations: count, instructions: amount, cycles: amount, exits: amount, switches: amount});

const equivalence = v.looseObject({
  verdict: v.picklist(['equivalent', 'not-equivalent', 'not-checked']), clock: v.nullable(clock), detail: text,
});

const sensitive = v.looseObject({
  instruction: text, executed: count, trapped: count, differing: count,
  first: v.nullable(v.looseObject({instruction: count, eip: count, disassembly: text})),
});

const measured = v.looseObject({samples: count, meanMs: amount, p99Ms: amount, rme: amount, samplesMs: v.exactOptional(v.array(amount))});

const cell = v.looseObject({
  workload: text,
  params: v.record(text, v.union([text, v.number()])),
  technique, host: text, clock,
  outcome: v.picklist(OUTCOMES),
  reason: v.exactOptional(text),
  exitCode: v.nullable(v.pipe(v.number(), v.integer())),
  console: text,
  screen: v.exactOptional(text),
  instructions: v.looseObject({total: count, region: count, direct: count, emulated: count, hardware: count, repIterations: count}),
  cycles: v.looseObject({total: count, region: count, byCategory}),
  switches: v.array(edge),
  events: v.array(event),
  feedback: v.looseObject({timerInterrupts: count, rdtsc: count, idleCycles: count, deviceWaits: count}),
  perOperation: v.nullable(perOperation),
  claimsEquivalence: v.boolean(),
  equivalence,
  measured: v.nullable(measured),
  statistics: v.exactOptional(v.record(text, count)),
  audit: v.exactOptional(v.array(sensitive)),
  notes: v.exactOptional(v.array(text)),
});

export const RunSchema = v.looseObject({
  schemaVersion: v.literal(SCHEMA_VERSION), complete: v.boolean(), environment,
  plan: v.exactOptional(v.looseObject({cells: count, digest: text})), cells: v.array(cell),
}) satisfies v.GenericSchema<unknown, RunResult>;
