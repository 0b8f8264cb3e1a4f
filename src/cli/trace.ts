// `worldswitch trace`: runs one cell and writes its world switches over modelled time, slice by slice, into a file for Perfetto.
import {closeSync, openSync, renameSync, rmSync, writeSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {loadCatalogue, type Catalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {findHost} from '../host/catalogue.ts';
import {ownVersion} from '../lab/own-files.ts';
import type {CellSpec} from '../lab/spec.ts';
import {traceWorlds, type Traced, type TraceOptions} from '../lab/world-trace.ts';
import {cannotWrite, prepareFolder} from '../report/files.ts';
import {formatCount, formatNumbered} from '../report/format.ts';
import {shortName} from '../report/heading.ts';
import {traceHead, traceSlice, TRACE_TAIL} from '../report/trace/chrome-trace.ts';
import {readWholeNumber, type WrittenFlags} from './flags.ts';
import {namedCell} from './named-cell.ts';
import {planRequest} from './request.ts';
import {catalogueSource} from './run.ts';
import type {Surroundings} from './surroundings.ts';

export interface TraceFlags extends WrittenFlags {
  readonly maxSwitches?: string;
  readonly fromStart?: boolean;
}

const MOST = 200_000;
/** The instruction clock's rate; see machine/platform.ts. */
const INSTRUCTIONS_A_MICROSECOND = 1000;
const BUFFER = 2 ** 16;

/** @throws UsageError before anything runs, ReportError when the file cannot be written */
export async function traceCommand(written: string, flags: TraceFlags, surroundings: Surroundings): Promise<number> {
  const {cwd, stdout} = surroundings;
  const config = await loadConfig({cwd, file: flags.config, defaults: surroundings.defaults});
  const most = flags.maxSwitches === undefined ? MOST : readWholeNumber('--max-switches', flags.maxSwitches, [1, 1e9]);
  const request = planRequest({workloads: [], flags, config, cwd});
  const catalogue = await loadCatalogue(catalogueSource(config, surroundings));
  const spec = namedCell(written, {...request, base: cwd, samples: 0}, catalogue);
  const file = resolve(cwd, flags.out ?? join(config.out, 'trace.json'));
  await prepareFolder(dirname(file));
  const traced = writeTrace(file, spec, catalogue, {most, fromStart: flags.fromStart ?? false});
  const cut = traced.told <= traced.switches ? `; the first ${formatCount(traced.told)} stays are in the file, --max-switches takes more` : '';
  stdout.write(`${spec.workload} under ${shortName(spec.technique.name)} on ${spec.host}: ${formatNumbered(traced.switches, 'switch', 'switches')}${cut}\nTrace: ${file} (open it in ui.perfetto.dev or chrome://tracing)\n`);
  return 0;
}

/** Whole or not at all. A guest that marks no region is traced from its start, in a second run. */
function writeTrace(file: string, spec: CellSpec, catalogue: Catalogue, options: TraceOptions): Traced {
  const temporary = join(dirname(file), `.trace.${process.pid}.tmp`);
  try {
    const first = writeSlices(temporary, spec, catalogue, options);
    const traced = first.region || options.fromStart ? first : writeSlices(temporary, spec, catalogue, {...options, fromStart: true});
    renameSync(temporary, file);
    return traced;
  } catch (error) {
    rmSync(temporary, {force: true});
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : cannotWrite('the trace', file, error);
  }
}

function writeSlices(file: string, spec: CellSpec, catalogue: Catalogue, options: TraceOptions): Traced {
  const megahertz = spec.clock === 'instructions' ? INSTRUCTIONS_A_MICROSECOND : findHost(spec.host).clock.value;
  const out = new SliceFile(file);
  try {
    out.add(traceHead({cell: spec.key, worldswitch: ownVersion(), megahertz}));
    const traced = traceWorlds(spec, catalogue, options, stay => out.add(traceSlice(stay, megahertz)));
    out.add(TRACE_TAIL);
    out.finish();
    return traced;
  } finally {
    out.close();
  }
}

/** Text gathered and written in pieces. Why a failure waits for `finish`: it would come up inside the guest's run, as if a strategy had failed. */
class SliceFile {
  readonly #handle: number;
  #waiting = '';
  #failure: unknown = null;

  constructor(file: string) {
    this.#handle = openSync(file, 'w');
  }

  add(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length > BUFFER) this.#write();
  }

  /** @throws what kept any piece from being written */
  finish(): void {
    this.#write();
    if (this.#failure !== null) throw this.#failure;
  }

  close(): void {
    closeSync(this.#handle);
  }

  /** A full disk takes part of a piece and says so by its length alone; the next part fails. */
  #write(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = '';
    if (this.#failure !== null) return;
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#handle, bytes, written);
    } catch (error) {
      this.#failure = error;
    }
  }
}
