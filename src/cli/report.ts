// `worldswitch report`: any format of a stored report, without running anything again.
import {dirname, resolve} from 'node:path';
import {UsageError} from '../lab/usage-error.ts';
import {writeReports} from '../report/files.ts';
import {writeFormat} from '../report/formats.ts';
import {readReport} from '../report/json.ts';
import {mergeRuns} from '../report/merge.ts';
import {reportLine} from '../report/plain.ts';
import {readFormats} from './flags.ts';
import type {Surroundings} from './surroundings.ts';

export interface ReportFlags {
  readonly format?: readonly string[];
  readonly out?: string;
}

/** @throws UsageError, or ReportError when a file cannot be read or written */
export async function reportCommand(files: readonly string[], flags: ReportFlags, {cwd, stdout}: Surroundings): Promise<number> {
  const formats = readFormats(flags.format ?? ['html'], '--format');
  if (flags.out === '-' && formats.length !== 1) throw new UsageError(`standard output takes one format, but --format names ${formats.length}`);
  const runs = [];
  for (const file of files) runs.push(await readReport(resolve(cwd, file)));
  const run = mergeRuns(runs);
  if (flags.out === '-') stdout.write(writeFormat(formats[0], run));
  else for (const line of reportLine(await writeReports(resolve(cwd, flags.out ?? dirname(files[0])), run, formats))) stdout.write(`${line}\n`);
  return 0;
}
