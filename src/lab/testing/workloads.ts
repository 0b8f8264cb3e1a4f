// Workloads for tests of planning and running; testing/runner.ts decides by name how their cells end.
import type {WorkloadEntry} from '../catalogue.ts';
import {defineWorkload} from '../workload.ts';
import type {ParameterDefinition, WorkloadDefinition} from '../workload.ts';

const iterations: ParameterDefinition = {kind: 'number', default: 1000, min: 1, max: 100_000, meaning: 'operations'};
const mode: ParameterDefinition = {kind: 'choice', default: 'fast', values: ['fast', 'slow'], meaning: 'which path'};

const workload = (name: string, parameters: WorkloadDefinition['parameters']): WorkloadEntry => ({
  folder: new URL('./', import.meta.url),
  definition: defineWorkload({
    name, suite: 'test', title: `the ${name} workload`, operation: 'one', stresses: [], parameters, image: `${name}.elf`, exitValue: 0x10,
    timeIndependentOutput: true, expected: () => 'ok', instructions: params => 10 * Number(params['iterations'] ?? 100),
  }),
});

export const WORKLOADS: readonly WorkloadEntry[] = [
  workload('quick', {iterations, mode}), workload('other', {iterations}), workload('endless', {}), workload('crash', {}),
  workload('throws', {}), workload('leaves', {}), workload('chatty', {}), workload('unequal', {}), workload('fails', {}),
];
