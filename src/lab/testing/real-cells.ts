// Real cells for tests of the whole way: the running instance's own plugins and workloads, nothing injected.
import {planCells} from '../plan.ts';
import {loadCatalogue, type Catalogue} from '../catalogue.ts';
import {checkImage} from '../image-check.ts';
import type {CellSpec, Params} from '../spec.ts';

export const catalogue: Catalogue = await loadCatalogue({plugins: {entries: [], base: '/', source: 'test'}});

export interface CellRequest {
  readonly workload: string;
  readonly technique: string;
  readonly host?: string;
  readonly clock?: 'cycles' | 'instructions';
  readonly params?: Params;
  readonly append?: string;
  readonly maxInstructions?: number;
}

/** The spec the command line would make; measured time off. */
export function cellSpec({workload, technique, host = 'nehalem-2009', clock = 'cycles', params = {}, append = '', maxInstructions}: CellRequest, from = catalogue): CellSpec {
  const [cell] = planCells({
    workloads: [workload], techniques: [technique], hosts: [host], clock, samples: 0, maxInstructions: maxInstructions ?? null, params, memoryMiB: 64, append,
    base: '/', checkImage,
  }, from);
  if (cell.refusal) throw new Error(cell.refusal);
  return cell.spec;
}
