// The commonest figure of a claim: cycles of one operation under one technique over those under another.
import type {Params} from '../../spec.ts';
import type {Band} from '../band.ts';
import {quantity} from '../claim.ts';
import type {ClaimCell, Quantity} from '../claim.ts';
import {cyclesWithout} from '../figures.ts';
import type {CostName} from '../../../host/costs.ts';

export interface Ratio {
  readonly published: string;
  readonly band: Band;
  readonly workload: string;
  readonly host: string;
  /** Techniques above and below the line. */
  readonly of: readonly [string, string];
  readonly params?: Params;
  readonly calibrated?: boolean;
  /** Costs of work that the published benchmark does not do, taken off on both sides. */
  readonly without?: readonly CostName[];
  readonly differs?: string;
}

export function ratio(name: string, {published, band, workload, host, of: [above, below], params, calibrated = false, without = [], differs}: Ratio): Quantity {
  const cell = (technique: string): ClaimCell => ({workload, technique, host, ...(params ? {params} : {})});
  return quantity(name, {
    published, band, calibrated, differs, cells: {above: cell(above), below: cell(below)},
    measure: ({above, below}) => cyclesWithout(above, ...without) / cyclesWithout(below, ...without),
  });
}
