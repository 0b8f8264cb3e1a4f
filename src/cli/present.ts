// The three faces of a run: one JSON document, plain text, or the live view, which alone loads Ink.
import {PassThrough} from 'node:stream';
import type {Writable} from 'node:stream';
import type {LiveRun} from '../lab/live.ts';
import type {RunResult} from '../lab/result.ts';
import {EXIT_CODES} from '../lab/exit-codes.ts';
import {writeReports} from '../report/files.ts';
import {formatJson} from '../report/json.ts';
import {followPlain} from '../report/plain-progress.ts';
import {closingText, plainReport, reportLine} from '../report/plain.ts';
import {canShowLive, lineWidth, wantsColour} from '../report/terminal.ts';
import type {WrittenFlags} from './flags.ts';
import type {ReportRequest} from './request.ts';
import type {Surroundings} from './surroundings.ts';

export interface Face {
  /** Where plugins' own output goes while the run goes on. */
  readonly pluginOutput: Writable;
  /** Follows the run to its end, writes the reports, shows the result. */
  present(run: LiveRun, reports: ReportRequest | null): Promise<RunResult>;
}

export function chooseFace(flags: WrittenFlags, surroundings: Surroundings): Face {
  if (flags.json) return jsonFace(surroundings);
  return flags.plain || !canShowLive(surroundings) || (surroundings.env['NO_COLOR'] ?? '') !== '' ? plainFace(surroundings) : liveFace(surroundings);
}

async function write(reports: ReportRequest | null, result: RunResult): Promise<readonly string[]> {
  return reports ? writeReports(reports.folder, result, reports.formats) : [];
}

/** Why reports first: when they cannot be written, standard output stays empty. */
function jsonFace({stdout, stderr, signals}: Surroundings): Face {
  return {
    pluginOutput: stderr,
    present: (run, reports) => interruptible(run, signals, async () => {
      const result = await run.done;
      await write(reports, result);
      stdout.write(formatJson(result));
      return result;
    }),
  };
}

function plainFace({stdout, stderr, env, signals}: Surroundings): Face {
  const options = {width: lineWidth(stdout), colour: wantsColour({stdout, env})};
  const print = (text: string): void => { stdout.write(text); };
  return {
    pluginOutput: stderr,
    present: (run, reports) => interruptible(run, signals, async () => {
      const result = await followPlain(run, {...options, write: print});
      print(plainReport(result, options));
      for (const line of reportLine(await write(reports, result))) print(`${line}\n`);
      return result;
    }),
  };
}

/** What plugins print is kept back until the view has closed, which leaves the screen to it. */
function liveFace({stdout, stderr, env, signals}: Surroundings): Face {
  const pluginOutput = new PassThrough({highWaterMark: Number.MAX_SAFE_INTEGER});
  return {
    pluginOutput,
    async present(run, reports) {
      const {showRun} = await import('../tui/show.tsx');
      const reportsWritten = run.done.then(result => write(reports, result));
      // Why: the view shows the error, and awaiting it below reports it.
      reportsWritten.catch(() => {});
      const release = signals(() => endView(run, reportsWritten));
      const exported = exporter(run, reports, reportsWritten);
      await showRun(run, {reportsWritten, exportReports: exported.write});
      release();
      run.interrupt();
      const result = await run.done;
      await exported.settled();
      stderr.write(pluginOutput.read() ?? '');
      stdout.write(closingText(result, await reportsWritten, {width: lineWidth(stdout), colour: wantsColour({stdout, env})}));
      return result;
    },
  };
}

interface Exporter {
  readonly write: (() => Promise<readonly string[]>) | null;
  /** Nothing is being written any more. */
  settled(): Promise<void>;
}

/** Reports on demand, in every format, one after another: all have the same names. */
function exporter(run: LiveRun, reports: ReportRequest | null, atEnd: Promise<unknown>): Exporter {
  let last: Promise<unknown> = Promise.resolve();
  let ended = false;
  atEnd.catch(() => {}).finally(() => { ended = true; });
  const write = (folder: string): Promise<readonly string[]> => {
    const written = last.then(() => (ended ? run.done : run.partial())).then(result => writeReports(folder, result));
    last = written.catch(() => {});
    return written;
  };
  return {write: reports ? () => write(reports.folder) : null, settled: async () => { await last; }};
}

/** A signal from outside while the view is up. Why exit: Ink gives the terminal back when the process ends. */
function endView(run: LiveRun, reportsWritten: Promise<unknown>): void {
  run.interrupt();
  const end = (): never => process.exit(EXIT_CODES.interrupted);
  reportsWritten.then(end, end);
}

/** The first signal ends the run early; the handlers stay until everything is written. */
async function interruptible<T>(run: LiveRun, signals: Surroundings['signals'], present: () => Promise<T>): Promise<T> {
  const release = signals(() => run.interrupt());
  try {
    return await present();
  } finally {
    release();
  }
}
