// `worldswitch validate`: published claims against the model's own cells, run over the worker threads, shown as a table or as JSON.
import {availableParallelism} from 'node:os';
import {cachedSystem} from '../lab/cached-system.ts';
import {loadCatalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {chooseClaims} from '../lab/validate/choose.ts';
import {BOOT_CLAIM, bootClaim} from '../lab/validate/claims/boot.ts';
import {CLAIMS} from '../lab/validate/claims/index.ts';
import {planValidation} from '../lab/validate/plan.ts';
import {startValidation, validationExitCode} from '../lab/validate/run.ts';
import {lineWidth} from '../report/terminal.ts';
import {validationJson, validationText} from '../report/validation.ts';
import {readWholeNumber} from './flags.ts';
import {showProgress} from './progress.ts';
import {catalogueSource} from './run.ts';
import type {Surroundings} from './surroundings.ts';

export interface ValidateFlags {
  readonly strict?: boolean;
  readonly jobs?: string;
  readonly json?: boolean;
  readonly config?: string;
}

/** @throws UsageError for an unknown claim, before anything runs */
export async function validateCommand(words: readonly string[], flags: ValidateFlags, surroundings: Surroundings): Promise<number> {
  const claims = chooseClaims(words, CLAIMS.map(claim => (claim.number === BOOT_CLAIM ? bootClaim(cachedSystem('small')) : claim)));
  const config = await loadConfig({cwd: surroundings.cwd, file: flags.config, defaults: surroundings.defaults});
  const jobs = flags.jobs === undefined ? config.jobs ?? availableParallelism() : readWholeNumber('--jobs', flags.jobs, [1, 1024]);
  const source = catalogueSource(config, surroundings);
  const catalogue = await loadCatalogue(source);
  const {command, runner, stdout, stderr, signals} = surroundings;
  const {run, done} = startValidation(planValidation(claims, catalogue), catalogue, {catalogue: source, jobs, command, pluginOutput: stderr, runner});
  const release = signals(() => run.interrupt());
  const progress = showProgress(run, stderr);
  try {
    const result = await done;
    progress.end();
    stdout.write(flags.json ? validationJson(result) : validationText(result, lineWidth(stdout)));
    return validationExitCode(result, flags.strict === true);
  } finally {
    progress.end();
    release();
    run.interrupt();
  }
}
