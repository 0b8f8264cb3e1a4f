// The way in: takes the terminal's alternate screen, shows a run until the person leaves, gives the terminal back on every
// way out. Nothing outside src/tui may import this statically: Ink takes a fifth of a second to load.
import {render} from 'ink';
import type {LiveRun} from '../lab/live.ts';
import {wantsColour} from '../report/terminal.ts';
import {App} from './app.tsx';
import type {Leave} from './use-leaving.ts';

export interface ShowOptions {
  /** Resolves with the paths of the reports once written, or rejects with a ReportError, which is shown. */
  readonly reportsWritten: Promise<readonly string[]>;
  /** Writes the reports of what has ended by now, for the key that asks; null where the run was asked for none. */
  readonly exportReports: (() => Promise<readonly string[]>) | null;
}

const HOME = '\u001B[H';
const MOST_FRAMES_A_SECOND = 10;

/**
 * Shows `run` until `q` or Ctrl-C. `interrupted` when that stopped the run before its last cell had ended, else `quit`. The
 * caller must have checked that there is a terminal (report/terminal.ts) and sets the exit status.
 */
export async function showRun(run: LiveRun, {reportsWritten, exportReports}: ShowOptions): Promise<Leave> {
  const options = {alternateScreen: true, incrementalRendering: true, exitOnCtrlC: false, maxFps: MOST_FRAMES_A_SECOND};
  const view = render(null, options);
  // Why: the alternate screen starts with the cursor where the shell's was, and frames are drawn from the cursor down.
  process.stdout.write(HOME);
  view.rerender(<App run={run} reportsWritten={reportsWritten} exportReports={exportReports} colour={wantsColour({stdout: process.stdout, env: process.env})} />);
  return (await view.waitUntilExit()) as Leave;
}
