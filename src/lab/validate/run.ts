// A running validation: the cells of all chosen claims go over the lab's worker threads, then every claim is judged.
import type {Catalogue} from '../catalogue.ts';
import type {LiveRun} from '../live.ts';
import {startRun} from '../run.ts';
import type {RunOptions} from '../run.ts';
import {strongest, EXIT_CODES} from '../exit-codes.ts';
import {judgeClaim} from './judge.ts';
import {VALIDATION_SCHEMA_VERSION} from './document.ts';
import type {ClaimRow, ValidationResult} from './document.ts';
import type {ValidationPlan} from './plan.ts';

export interface Validation {
  readonly run: LiveRun;
  readonly done: Promise<ValidationResult>;
}

export function startValidation(plan: ValidationPlan, catalogue: Catalogue, options: RunOptions): Validation {
  const run = startRun(plan.cells, options);
  return {run, done: judged(plan, catalogue, run)};
}

async function judged(plan: ValidationPlan, {workloads}: Catalogue, run: LiveRun): Promise<ValidationResult> {
  const {complete, environment} = await run.done;
  const results = new Map(run.snapshot().cells.flatMap(({key, result}) => (result ? [[key, result] as const] : [])));
  const expectedExit = (name: string): number | null => {
    const definition = workloads.get(name)?.definition;
    return definition ? (definition.exitValue << 1) | 1 : null;
  };
  const rows = plan.claims.map(claim => judgeClaim(claim, {plan, results, expectedExit}));
  return {schemaVersion: VALIDATION_SCHEMA_VERSION, complete, environment, claims: rows};
}

/** A count that is wrong fails, and so does a cell that cannot be trusted; a ratio or an ordering outside its band only when asked. */
export function validationExitCode({complete, claims}: ValidationResult, strict: boolean): number {
  const failed = claims.some(claim => fails(claim, strict));
  return strongest([...(complete ? [] : [EXIT_CODES.interrupted]), failed ? EXIT_CODES.failed : EXIT_CODES.expected]);
}

const fails = ({kind, verdict}: ClaimRow, strict: boolean): boolean =>
  verdict === 'failed' || (verdict === 'outside' && (strict || kind === 'C'));
