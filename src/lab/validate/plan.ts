// From claims to cells: each cell once, however many claims look at it; what cannot be planned yet is remembered with the reason.
import type {Catalogue} from '../catalogue.ts';
import {checkImage} from '../image-check.ts';
import {planCells} from '../plan.ts';
import type {PlannedCell} from '../plan.ts';
import {UsageError} from '../usage-error.ts';
import {isMeasurable} from './claim.ts';
import type {Claim, ClaimCell} from './claim.ts';

export interface ValidationPlan {
  readonly claims: readonly Claim[];
  readonly cells: readonly PlannedCell[];
  /** The key of a claim's cell, or why there is none. */
  find(cell: ClaimCell): {readonly key: string} | {readonly missing: string};
}

const MEMORY_MIB = 64;

export function planValidation(claims: readonly Claim[], catalogue: Catalogue): ValidationPlan {
  const requests = claims.flatMap(({quantities}) => quantities.filter(isMeasurable).flatMap(({cells}) => Object.values(cells)));
  const found = new Map(requests.map(request => [nameOf(request), planNamed(request, catalogue)]));
  const planned = [...found.values()].flatMap(each => ('cell' in each ? [each.cell] : []));
  const cells = inReferenceOrder(planned);
  return {
    claims, cells,
    find(request) {
      const known = found.get(nameOf(request)) ?? planNamed(request, catalogue);
      return 'cell' in known ? {key: known.cell.spec.key} : known;
    },
  };
}

const nameOf = ({workload, technique, host, params = {}, append = ''}: ClaimCell): string => JSON.stringify([workload, technique, host, params, append]);

/** Each cell once. Why in this order: cells of one workload on one host share the bare-metal run that vouches for them. */
export const inReferenceOrder = (cells: readonly PlannedCell[]): readonly PlannedCell[] =>
  [...new Map(cells.map(cell => [cell.spec.key, cell])).values()].toSorted(byReference);

function byReference(a: PlannedCell, b: PlannedCell): number {
  const group = ({spec}: PlannedCell): string => `${spec.key.split(' | ')[0]} | ${spec.host}`;
  return group(a) < group(b) ? -1 : group(a) > group(b) ? 1 : 0;
}

/** A cell by the names a command line would give, or what is missing for it. */
export function planNamed({workload, technique, host, params = {}, append = '', files}: ClaimCell, catalogue: Catalogue): {cell: PlannedCell} | {missing: string} {
  try {
    const [cell] = planCells({
      workloads: [workload], techniques: [technique], hosts: [host], params, clock: 'cycles', samples: 0, maxInstructions: null,
      memoryMiB: MEMORY_MIB, append, files, base: '/', checkImage,
    }, catalogue);
    return {cell};
  } catch (error) {
    if (error instanceof UsageError) return {missing: shortened(error.message)};
    throw error;
  }
}

/** The last clause says what is missing; what stands before names the cell, what follows is advice for a command line. */
function shortened(message: string): string {
  const sentence = message.replace('nothing left to run, every cell is refused: ', '').replace(/; (?:known|an image)\b.*$/s, '');
  return /there is no .*$/.exec(sentence)?.[0] ?? sentence.replace(/^.*technique '[^']*', /, '');
}
