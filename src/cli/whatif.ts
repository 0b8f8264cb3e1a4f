// `worldswitch recost` and `worldswitch sensitivity`: a stored report under other prices, without running anything.
import {resolve} from 'node:path';
import type {RunResult} from '../lab/result.ts';
import {UsageError} from '../lab/usage-error.ts';
import {writeReports} from '../report/files.ts';
import {formatJson, readReport} from '../report/json.ts';
import {reportLine} from '../report/plain.ts';
import {lineWidth} from '../report/terminal.ts';
import {readPrices} from '../report/whatif/prices.ts';
import {recostText} from '../report/whatif/recost-text.ts';
import {recostRun} from '../report/whatif/recosted.ts';
import {sensitivityText} from '../report/whatif/sensitivity-text.ts';
import {sensitivity} from '../report/whatif/sensitivity.ts';
import {readFormats} from './flags.ts';
import type {Surroundings} from './surroundings.ts';

export interface RecostFlags {
  readonly cost?: readonly string[];
  readonly prices?: string;
  readonly out?: string;
  readonly format?: readonly string[];
  readonly json?: boolean;
}

/** @throws UsageError for a cost or host that is not known, ReportError for a file */
export async function recostCommand(file: string, flags: RecostFlags, {cwd, stdout}: Surroundings): Promise<number> {
  if (!flags.cost && flags.prices === undefined) throw new UsageError('nothing to recost by; give --cost NAME=CYCLES, --cost NAME=xFACTOR or --prices HOST');
  const formats = readFormats(flags.format ?? ['json', 'md'], '--format');
  const before = await readReport(resolve(cwd, file));
  const after = recostRun(before, readPrices(flags.cost ?? [], flags.prices, before.cells));
  const written = flags.out === undefined ? [] : await writeReports(resolve(cwd, flags.out), after, formats);
  stdout.write(flags.json ? formatJson(after) : recostText(before, after, lineWidth(stdout)) + reportLine(written).map(line => `${line}\n`).join(''));
  return 0;
}

export interface SensitivityFlags {
  readonly factor?: string;
  readonly host?: string;
  readonly json?: boolean;
}

const FACTOR = /^\d+(?:\.\d+)?$/;

/** @throws UsageError, ReportError */
export async function sensitivityCommand(file: string, flags: SensitivityFlags, {cwd, stdout}: Surroundings): Promise<number> {
  const written = flags.factor ?? '2';
  const factor = FACTOR.test(written) ? Number(written) : Number.NaN;
  if (!(factor > 1 && factor <= 1000)) throw new UsageError(`--factor is '${written}'; it must be a number above 1, at most 1000`);
  const found = sensitivity(ofHost(await readReport(resolve(cwd, file)), flags.host), factor);
  stdout.write(flags.json ? `${JSON.stringify({schemaVersion: 1, ...found}, null, 2)}\n` : sensitivityText(found, lineWidth(stdout)));
  return 0;
}

function ofHost(run: RunResult, host: string | undefined): RunResult {
  if (host === undefined) return run;
  const cells = run.cells.filter(cell => cell.host === host);
  if (cells.length === 0) throw new UsageError(`the report has no cell on '${host}'; it has ${[...new Set(run.cells.map(cell => cell.host))].join(', ')}`);
  return {...run, cells};
}
