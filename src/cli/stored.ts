// The report that a command without a run works on: the one given, else the last run's.
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {loadConfig} from '../lab/config.ts';
import type {RunResult} from '../lab/result.ts';
import {UsageError} from '../lab/usage-error.ts';
import {readReport} from '../report/json.ts';
import type {Surroundings} from './surroundings.ts';

export interface StoredFlags {
  readonly report?: string;
  readonly config?: string;
}

/** @throws UsageError when there is no report, ReportError when it cannot be read */
export async function storedReport({report, config}: StoredFlags, {cwd, defaults}: Surroundings): Promise<RunResult> {
  if (report !== undefined) return readReport(resolve(cwd, report));
  const {out} = await loadConfig({cwd, file: config, defaults});
  const file = join(out, 'latest.json');
  if (!existsSync(file)) throw new UsageError(`there is no report ${file} yet; run 'worldswitch run' first, or name one with --report`);
  return readReport(file);
}
