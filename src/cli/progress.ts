// One line of progress on standard error while cells run, for commands whose result comes at the end.
import type {LiveRun} from '../lab/live.ts';
import type {Surroundings} from './surroundings.ts';

const POLL_MS = 200;

/** On a terminal, taken away at the end; nothing where nobody watches. */
export function showProgress(run: LiveRun, stderr: Surroundings['stderr']): {end(): void} {
  if ((stderr as {isTTY?: boolean}).isTTY !== true) return {end() {}};
  const show = (): void => {
    const {done, cells} = run.snapshot();
    stderr.write(`\r${done} of ${cells.length} cells`);
  };
  const timer = setInterval(show, POLL_MS);
  return {
    end() {
      clearInterval(timer);
      stderr.write('\r\u001B[K');
    },
  };
}
