// The result document as JSON text and back. Writing is stable: fields in the order of lab/result.ts, keys of open records
// sorted, so that equal results are equal bytes. Reading checks shape and values (schema.ts) and says in one sentence what is
// wrong where.
import {readFile} from 'node:fs/promises';
import * as v from 'valibot';
import type {CellResult, RunResult} from '../lab/result.ts';
import {SCHEMA_VERSION} from '../lab/result.ts';
import {CATEGORIES} from '../ledger/context.ts';
import {ReportError} from './report-error.ts';
import {RunSchema} from './schema.ts';

const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.keys(record).toSorted().map((key) => [key, record[key]]));

const CELL_FIELDS = [
  'workload', 'params', 'technique', 'host', 'clock', 'outcome', 'reason', 'exitCode', 'console', 'screen', 'instructions', 'cycles',
  'switches', 'events', 'feedback', 'perOperation', 'claimsEquivalence', 'equivalence', 'measured', 'statistics', 'audit', 'notes',
] as const satisfies readonly (keyof CellResult)[];

/** Known fields in their order, then whatever a later version added. */
function ordered(cell: CellResult): Record<string, unknown> {
  const known: Record<string, unknown> = Object.fromEntries(CELL_FIELDS.map((field) => [field, cell[field]]));
  return {
    ...known, ...Object.fromEntries(Object.entries(cell).filter(([field]) => !(field in known))),
    params: sorted(cell.params),
    cycles: {...cell.cycles, byCategory: Object.fromEntries(CATEGORIES.map((category) => [category, cell.cycles.byCategory[category] ?? 0]))},
    statistics: cell.statistics && sorted(cell.statistics),
  };
}

/** The document with two-space indentation and a newline at the end. */
export function formatJson(run: RunResult): string {
  const {schemaVersion, complete, environment, cells, ...added} = run;
  return `${JSON.stringify({schemaVersion, complete, environment, ...added, cells: cells.map(ordered)}, null, 2)}\n`;
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return `${path === null ? '' : `${path}: `}expected ${issue.expected ?? 'another value'} but found ${issue.received}`;
}

/**
 * Reads a result document; `source` names it in errors.
 * @throws {ReportError} when it is not JSON, of another schema version, or malformed.
 */
export function parseJson(text: string, source: string): RunResult {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new ReportError(`${source} is not JSON: ${(error as Error).message}; give a file that worldswitch wrote.`, {cause: error});
  }
  const version = (document as {schemaVersion?: unknown} | null)?.schemaVersion;
  if (version !== undefined && version !== SCHEMA_VERSION) {
    throw new ReportError(`${source} has schemaVersion ${JSON.stringify(version)} and this worldswitch reads ${SCHEMA_VERSION}; use the version that wrote it.`);
  }
  const parsed = v.safeParse(RunSchema, document, {abortEarly: true});
  if (!parsed.success) throw new ReportError(`${source} is not a worldswitch report: ${describe(parsed.issues[0])}.`);
  return parsed.output;
}

/** @throws {ReportError} when the file cannot be read. */
export const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
  const cause = error.code === 'ENOENT' ? 'there is no such file' : error.message;
  throw new ReportError(`Cannot read the report ${path}: ${cause}.`, {cause: error});
});

/** Reads a stored report. @throws {ReportError} also when the file cannot be read. */
export const readReport = async (path: string): Promise<RunResult> => parseJson(await readText(path), path);
