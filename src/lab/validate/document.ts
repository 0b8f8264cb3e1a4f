// The result of a validation: one row for each claim, with every figure it rests on.
import type {Environment} from '../result.ts';
import type {ClaimKind} from './claim.ts';

export const VALIDATION_SCHEMA_VERSION = 1;

/** Of one figure. `failed`: a cell did not end as its workload expects, or did not compute what bare metal does. */
export type QuantityVerdict = 'holds' | 'outside' | 'failed' | 'not-available';
/** Of a claim: `holds-in-part` when what can be measured holds and the rest is not available yet. */
export type ClaimVerdict = QuantityVerdict | 'holds-in-part';

export interface QuantityRow {
  readonly name: string;
  readonly published: string;
  /** Null when it was not measured. */
  readonly measured: number | null;
  /** Ends are null where the band is open; the band is null where no measure exists yet. */
  readonly band: {readonly low: number | null; readonly high: number | null; readonly text: string} | null;
  readonly verdict: QuantityVerdict;
  readonly calibrated: boolean;
  /** What is missing, which cell failed and how, or why a figure outside its band is known to be so; null otherwise. */
  readonly reason: string | null;
  /** Keys of the cells it was taken from. */
  readonly cells: readonly string[];
}

export interface ClaimRow {
  readonly number: string;
  readonly kind: ClaimKind;
  readonly claim: string;
  readonly source: string;
  readonly verdict: ClaimVerdict;
  readonly quantities: readonly QuantityRow[];
}

export interface ValidationResult {
  readonly schemaVersion: typeof VALIDATION_SCHEMA_VERSION;
  /** False when interrupted: figures whose cells had not ended are then not available. */
  readonly complete: boolean;
  readonly environment: Environment;
  readonly claims: readonly ClaimRow[];
}
