// The mode switches of one run of a cell, for tests that count and leave the verdict to others: a cell runs its guest three times.
import {runGuest} from '../guest-run.ts';
import type {SwitchCount} from '../result.ts';
import {catalogue, cellSpec, type CellRequest} from './real-cells.ts';

/** Crossings in the measured region, those that occur. @throws when the guest does not end by itself */
export function switchesOf(request: CellRequest): readonly SwitchCount[] {
  const spec = cellSpec(request);
  const {platform, region, ending} = runGuest(spec, catalogue, {clock: spec.clock});
  if (ending.outcome !== 'completed') throw new Error(`${spec.key}: ${ending.outcome} ${ending.reason}`);
  return platform.transitions.list.map((edge, at) => ({...edge, count: region.crossings[at] ?? 0})).filter(({count}) => count > 0);
}
