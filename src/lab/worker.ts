// A worker thread of the pool: loads the same plugins as the main thread, then runs one cell after another.
// What a cell does is in cell.ts; the other end of the messages is pool.ts.
import {parentPort, workerData} from 'node:worker_threads';
import type {MessagePort} from 'node:worker_threads';
import {loadCatalogue} from './catalogue.ts';
import type {Catalogue, CatalogueSource} from './catalogue.ts';
import {PluginError} from './guard.ts';
import {shareGate} from './keeping.ts';
import type {CellResult} from './result.ts';
import type {CellSpec} from './spec.ts';
import {unfinished} from './unfinished.ts';
import {UsageError, messageOf} from './usage-error.ts';

export interface WorkerSetup {
  readonly catalogue: CatalogueSource;
  /** Address of the module that exports `runCell`. */
  readonly runner: string;
  /** Says whether a disk is being put back; see keeping.ts. */
  readonly gate?: SharedArrayBuffer;
}

export type RunCell = (spec: CellSpec, catalogue: Catalogue) => CellResult;

/** To the worker. */
export interface CellOrder {
  readonly index: number;
  readonly spec: CellSpec;
}

/** From the worker. */
export interface CellReport {
  readonly index: number;
  readonly result: CellResult;
}

function runGuarded(runCell: RunCell, spec: CellSpec, catalogue: Catalogue): CellResult {
  try {
    return runCell(spec, catalogue);
  } catch (error) {
    const expected = error instanceof PluginError || error instanceof UsageError;
    const stack = error instanceof Error ? error.stack : undefined;
    const reason = expected ? error.message : `worldswitch itself failed: ${messageOf(error)}`;
    return unfinished(spec, 'error', expected || !stack ? {reason} : {reason, notes: [stack]});
  }
}

/** Why guarded: a strategy's statistics may hold what cannot be sent to another thread. */
function post(port: MessagePort, report: CellReport, spec: CellSpec): void {
  try {
    port.postMessage(report);
  } catch (error) {
    const result = unfinished(spec, 'error', {reason: `the cell's result cannot be sent: ${messageOf(error)}`});
    port.postMessage({index: report.index, result} satisfies CellReport);
  }
}

async function serve(port: MessagePort, setup: WorkerSetup): Promise<void> {
  if (setup.gate) shareGate(setup.gate);
  const catalogue = await loadCatalogue(setup.catalogue);
  const {runCell} = (await import(setup.runner)) as {runCell: RunCell};
  port.on('message', ({index, spec}: CellOrder) => {
    post(port, {index, result: runGuarded(runCell, spec, catalogue)}, spec);
  });
}

if (parentPort) await serve(parentPort, workerData as WorkerSetup);
