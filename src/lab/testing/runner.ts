// Stands in for a machine in tests of the pool and the command line: the workload's name says how the cell ends.
import {threadId} from 'node:worker_threads';
import {PluginError} from '../guard.ts';
import type {CellResult} from '../result.ts';
import type {CellSpec} from '../spec.ts';
import {unfinished} from '../unfinished.ts';

const ENDS: Readonly<Record<string, (spec: CellSpec) => void>> = {
  endless() { console.log('round and round'); for (;;); },
  crash() { process.nextTick(() => { throw new Error('out of order'); }); },
  leaves() { process.exit(5); },
  throws({key}) {
    throw new PluginError({kind: 'memory', name: 'shadow', file: '/lab/shadow.ts', cell: key}, 'fault', new Error('no such page'));
  },
  chatty() { console.log('a plugin talks'); },
};

export function runCell(spec: CellSpec): CellResult {
  if (spec.technique.name !== 'native') ENDS[spec.workload]?.(spec);
  const unequal = spec.workload === 'unequal' && spec.technique.name !== 'native';
  return {
    ...unfinished(spec, 'error', {reason: ''}),
    outcome: 'completed', exitCode: spec.workload === 'fails' ? 0x23 : 0x21, console: `thread ${threadId}`, claimsEquivalence: true,
    equivalence: {verdict: unequal ? 'not-equivalent' : 'equivalent', clock: 'instructions', detail: 'console'},
  };
}
