// The three faces of a run: one JSON document, plain text, or the live view, which alone loads Ink.
import {PassThrough} from 'node:stream';
import type {Writable} from 'node:stream';
import type {LiveRun} from '../lab/live.ts';
import type {RunResult} from '../lab/result.ts';
import {EXIT_CODES} from '../lab/verdict.ts';
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
      await showRun(run, {reportsWritten});
      release();
      run.interrupt();
      const result = await run.done;
      stderr.write(pluginOutput.read() ?? '');
      stdout.write(closingText(result, await reportsWritten, {width: lineWidth(stdout), colour: wantsColour({stdout, env})}));
      return result;
    },
  };
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
