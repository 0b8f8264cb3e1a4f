// From the results of cells to rows: the measured figure, whether it lies in its band, and what keeps it from being known.
import type {CellResult} from '../result.ts';
import {contains} from './band.ts';
import {isMeasurable} from './claim.ts';
import type {Awaited, Claim, Quantity} from './claim.ts';
import type {ClaimRow, ClaimVerdict, QuantityRow, QuantityVerdict} from './document.ts';
import type {ValidationPlan} from './plan.ts';

export interface Evidence {
  readonly plan: Pick<ValidationPlan, 'find'>;
  /** Results by key; a cell that has not ended has none. */
  readonly results: ReadonlyMap<string, CellResult>;
  /** The exit code a workload ends with when its own check passed. */
  readonly expectedExit: (workload: string) => number | null;
}

export function judgeClaim({number, kind, text, source, quantities}: Claim, evidence: Evidence): ClaimRow {
  const rows = quantities.map(part => (isMeasurable(part) ? judge(part, evidence) : awaitedRow(part)));
  return {number, kind, claim: text, source, verdict: together(rows.map(({verdict}) => verdict)), quantities: rows};
}

/** The worst that can be said decides; a claim of which nothing is known is not available. */
export function together(verdicts: readonly QuantityVerdict[]): ClaimVerdict {
  if (verdicts.includes('failed')) return 'failed';
  if (verdicts.includes('outside')) return 'outside';
  if (!verdicts.includes('holds')) return 'not-available';
  return verdicts.includes('not-available') ? 'holds-in-part' : 'holds';
}

const awaitedRow = ({name, published, calibrated, awaits}: Awaited): QuantityRow =>
  ({name, published, measured: null, band: null, verdict: 'not-available', calibrated, reason: awaits, cells: []});

function judge(part: Quantity, evidence: Evidence): QuantityRow {
  const {name, published, calibrated, band} = part;
  const {low, high, text} = band;
  const shown = {low: Number.isFinite(low) ? low : null, high: Number.isFinite(high) ? high : null, text};
  const found = Object.entries(part.cells).map(([cell, request]) => [cell, evidence.plan.find(request)] as const);
  const cells = found.flatMap(([, place]) => ('key' in place ? [place.key] : []));
  const row = {name, published, calibrated, band: shown, cells};
  const missing = found.flatMap(([, place]) => ('missing' in place ? [place.missing] : []));
  if (missing.length > 0) return {...row, measured: null, verdict: 'not-available', reason: [...new Set(missing)].join('; ')};
  const results = cells.flatMap(key => evidence.results.get(key) ?? []);
  if (results.length < cells.length) return {...row, measured: null, verdict: 'not-available', reason: 'interrupted before its cells had ended'};
  const fault = results.map(result => faultOf(result, evidence.expectedExit(result.workload))).find(each => each !== null);
  if (fault) return {...row, measured: null, verdict: 'failed', reason: fault};
  const measured = part.measure(Object.fromEntries(found.map(([cell], at) => [cell, results[at]])));
  return contains(band, measured) ? {...row, measured, verdict: 'holds', reason: null} : {...row, measured, verdict: 'outside', reason: part.differs ?? null};
}

/** Why a cell's figures mean nothing, or null. A technique that claims no equivalence may differ from bare metal. */
export function faultOf(cell: CellResult, expectedExit: number | null): string | null {
  const place = `${cell.workload} under ${cell.technique.name} on ${cell.host}`;
  if (cell.outcome === 'error') return `${place}: ${cell.reason ?? 'error'}`;
  if (cell.outcome !== 'completed') return `${place} ended as ${cell.outcome}${cell.reason ? `: ${cell.reason}` : ''}`;
  // Why not for an image by path: only a built-in workload's exit code is known beforehand.
  if (expectedExit !== null && cell.exitCode !== expectedExit) return `${place} ended with exit code ${cell.exitCode}: its own check failed`;
  if (cell.claimsEquivalence && cell.equivalence.verdict === 'not-equivalent') return `${place} is not equivalent: ${cell.equivalence.detail}`;
  return null;
}
