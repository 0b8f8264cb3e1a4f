// `worldswitch tables io`: the cells of a standing table are run over the worker threads, the table goes to standard output or to files.
import {availableParallelism} from 'node:os';
import {resolve} from 'node:path';
import {findHost} from '../host/catalogue.ts';
import {loadCatalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {hasFailed, planIoTable, startIoTable, type IoTable} from '../lab/tables/io-table.ts';
import {resolveTechnique} from '../lab/presets.ts';
import {listed, UsageError} from '../lab/usage-error.ts';
import {EXIT_CODES, strongest} from '../lab/exit-codes.ts';
import {prepareFolder, replaceFiles} from '../report/files.ts';
import {TABLE_FORMATS, TABLE_WRITERS, type TableFormat} from '../report/io-table.ts';
import {readWholeNumber} from './flags.ts';
import {showProgress} from './progress.ts';
import {catalogueSource} from './run.ts';
import type {Surroundings} from './surroundings.ts';

export interface TablesFlags {
  readonly host?: string;
  readonly base?: string;
  readonly format?: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly jobs?: string;
  readonly config?: string;
}

const TABLES = ['io'];
const DEFAULT_HOST = 'nehalem-2009', DEFAULT_BASE = 'hardware-assisted+nested';

/** @throws UsageError before anything runs, ReportError when files cannot be written */
export async function tablesCommand(name: string, flags: TablesFlags, surroundings: Surroundings): Promise<number> {
  if (!TABLES.includes(name)) throw new UsageError(`there is no table '${name}'; known: ${listed(TABLES)}`);
  const config = await loadConfig({cwd: surroundings.cwd, file: flags.config, defaults: surroundings.defaults});
  const jobs = flags.jobs === undefined ? config.jobs ?? availableParallelism() : readWholeNumber('--jobs', flags.jobs, [1, 1024]);
  const format = readFormat(flags);
  const source = catalogueSource(config, surroundings);
  const catalogue = await loadCatalogue(source);
  const request = {host: findHost(flags.host ?? DEFAULT_HOST).name, base: flags.base ?? DEFAULT_BASE};
  resolveTechnique(request.base, catalogue.plugins);
  const folder = flags.out === undefined ? null : resolve(surroundings.cwd, flags.out);
  if (folder !== null) await prepareFolder(folder);
  const {command, runner, stdout, stderr, signals} = surroundings;
  const {run, done} = startIoTable(planIoTable(request, catalogue), request, {
    catalogue, options: {catalogue: source, jobs, command, pluginOutput: stderr, runner},
  });
  const release = signals(() => run.interrupt());
  const progress = showProgress(run, stderr);
  try {
    const result = await done;
    progress.end();
    if (folder !== null) await replaceFiles(folder, TABLE_FORMATS.map(each => ({name: `${name}.${each}`, text: TABLE_WRITERS[each](result)})));
    stdout.write(TABLE_WRITERS[format](result));
    return exitCode(result);
  } finally {
    progress.end();
    release();
    run.interrupt();
  }
}

function readFormat({format, json}: TablesFlags): TableFormat {
  if (format === undefined) return json ? 'json' : 'md';
  const known = TABLE_FORMATS.find(each => each === format);
  if (!known || (json && known !== 'json')) throw new UsageError(`--format is '${format}'; it must be one of ${listed(TABLE_FORMATS)}${json ? ', and json with --json' : ''}`);
  return known;
}

const exitCode = (result: IoTable): number =>
  strongest([...(result.complete ? [] : [EXIT_CODES.interrupted]), hasFailed(result) ? EXIT_CODES.failed : EXIT_CODES.expected]);
