// The commonest figure of a claim: cycles of one operation under one technique over those under another.
import type {Params} from '../../spec.ts';
import type {Band} from '../band.ts';
import {quantity} from '../claim.ts';
import type {ClaimCell, Quantity} from '../claim.ts';
import {cyclesOf} from '../figures.ts';

export interface Ratio {
  readonly published: string;
  readonly band: Band;
  readonly workload: string;
  readonly host: string;
  /** Techniques above and below the line. */
  readonly of: readonly [string, string];
  readonly params?: Params;
  readonly calibrated?: boolean;
}

export function ratio(name: string, {published, band, workload, host, of: [above, below], params, calibrated = false}: Ratio): Quantity {
  const cell = (technique: string): ClaimCell => ({workload, technique, host, ...(params ? {params} : {})});
  return quantity(name, {
    published, band, calibrated, cells: {above: cell(above), below: cell(below)}, measure: ({above, below}) => cyclesOf(above) / cyclesOf(below),
  });
}
