// Results of cells that produced nothing: refused before they ran, or ended by an error.
import {CATEGORIES} from '../ledger/context.ts';
import type {Category} from '../ledger/context.ts';
import type {CellResult, Outcome} from './result.ts';
import type {CellSpec} from './spec.ts';
import {techniqueName} from './technique.ts';

type Unfinished = Extract<Outcome, 'refused' | 'error'>;

/** `notes` hold a stack trace where the error is worldswitch's own. */
export function unfinished(spec: CellSpec, outcome: Unfinished, {reason, notes}: {reason: string; notes?: readonly string[]}): CellResult {
  return {
    workload: spec.workload, params: spec.params, technique: techniqueName(spec.technique), host: spec.host, clock: spec.clock,
    outcome, reason, exitCode: null, console: '',
    instructions: {total: 0, region: 0, direct: 0, emulated: 0, hardware: 0, repIterations: 0},
    cycles: {total: 0, region: 0, byCategory: Object.fromEntries(CATEGORIES.map(category => [category, 0])) as Record<Category, number>},
    switches: [], events: [],
    feedback: {timerInterrupts: 0, rdtsc: 0, idleCycles: 0, deviceWaits: 0},
    perOperation: null, claimsEquivalence: false,
    equivalence: {verdict: 'not-checked', clock: null, detail: `the cell was ${outcome === 'refused' ? 'refused' : 'ended by an error'}`},
    measured: null,
    ...(notes ? {notes} : {}),
  };
}
