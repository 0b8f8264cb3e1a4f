// The table of I/O paths: switches and modelled cycles of one disk request and of one packet, by way, architecture and queue depth. Cells
// are planned by name like those of claims; what cannot be planned, or cannot be trusted, is a row with the reason.
import type {Catalogue} from '../catalogue.ts';
import type {LiveRun} from '../live.ts';
import type {Environment} from '../result.ts';
import {startRun} from '../run.ts';
import type {RunOptions} from '../run.ts';
import {faultOf} from '../validate/judge.ts';
import {inReferenceOrder, planNamed} from '../validate/plan.ts';
import {ioFigures, type IoFigures} from './io-figures.ts';
import {ARCHITECTURES, IO_OPERATIONS, LOADS, MEASURED, type IoOperation, type IoWay} from './io-ways.ts';

export const TABLE_SCHEMA_VERSION = 1;
export const BARE_METAL_PLACE = 'bare metal';

export interface IoRow {
  readonly operation: IoOperation;
  readonly way: string;
  readonly architecture: string;
  /** Operations under way at once; `together` when they are handed over as one. */
  readonly depth: string;
  readonly technique: string;
  readonly workload: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Per operation; null when there are none, and why. */
  readonly figures: IoFigures | null;
  readonly reason: string | null;
}

export interface IoTable {
  readonly schemaVersion: typeof TABLE_SCHEMA_VERSION;
  readonly complete: boolean;
  readonly environment: Environment;
  readonly table: 'io';
  readonly host: string;
  readonly rows: readonly IoRow[];
}

export interface IoTableRequest {
  readonly host: string;
  /** Processor and memory strategies of every way that needs no others. */
  readonly base: string;
}

type PlannedRow = Omit<IoRow, 'figures' | 'reason'> & {readonly planned: ReturnType<typeof planNamed>};

export interface IoTableRun {
  readonly run: LiveRun;
  readonly done: Promise<IoTable>;
}

export function planIoTable({host, base}: IoTableRequest, catalogue: Catalogue): readonly PlannedRow[] {
  return IO_OPERATIONS.flatMap(operation => MEASURED[operation].ways.flatMap(way => LOADS.flatMap((load): PlannedRow[] => {
    if (load.batch && !way.batches) return [];
    const {workload, params} = MEASURED[operation];
    return placesOf(way, base).map(({architecture, technique}) => {
      const cell = {workload, technique, host, params: params(way, load)};
      return {operation, way: way.name, architecture, depth: load.name, technique, workload, params: cell.params, planned: planNamed(cell, catalogue)};
    });
  })));
}

const placesOf = (way: IoWay, base: string): ReadonlyArray<{readonly architecture: string; readonly technique: string}> => [
  ...(way.native ? [{architecture: BARE_METAL_PLACE, technique: 'native'}] : []),
  ...ARCHITECTURES.map(architecture => ({architecture, technique: `${way.base ?? base}+${way.io}@${architecture}`})),
];

export function startIoTable(rows: readonly PlannedRow[], {host}: IoTableRequest, {catalogue, options}: {catalogue: Catalogue; options: RunOptions}): IoTableRun {
  const cells = rows.flatMap(({planned}) => ('cell' in planned ? [planned.cell] : []));
  const run = startRun(inReferenceOrder(cells), options);
  return {run, done: finished(rows, run, {host, catalogue})};
}

async function finished(rows: readonly PlannedRow[], run: LiveRun, {host, catalogue}: {host: string; catalogue: Catalogue}): Promise<IoTable> {
  const {complete, environment} = await run.done;
  const results = new Map(run.snapshot().cells.map(({key, result}) => [key, result]));
  const done = rows.map(({planned, ...row}): IoRow => {
    if ('missing' in planned) return {...row, figures: null, reason: planned.missing};
    const result = results.get(planned.cell.spec.key);
    if (!result) return {...row, figures: null, reason: 'interrupted before its cell had ended'};
    const definition = catalogue.workloads.get(row.workload)?.definition;
    const fault = faultOf(result, definition ? (definition.exitValue << 1) | 1 : null);
    return fault === null ? {...row, figures: ioFigures(result), reason: null} : {...row, figures: null, reason: `failed: ${fault}`};
  });
  return {schemaVersion: TABLE_SCHEMA_VERSION, complete, environment, table: 'io', host, rows: done};
}

export const hasFailed = ({rows}: IoTable): boolean => rows.some(({reason}) => reason?.startsWith('failed: ') === true);
