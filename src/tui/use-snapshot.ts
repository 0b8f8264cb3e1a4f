// Polls a run four times a second; what has not changed is not drawn again.
import {useCallback, useEffect, useState} from 'react';
import type {LiveRun, RunSnapshot} from '../lab/live.ts';

const POLL_MS = 250;

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 1000));

/** Whether two snapshots look the same on the screen. */
export const looksSame = (a: RunSnapshot, b: RunSnapshot): boolean =>
  a.done === b.done && a.finished === b.finished && a.interrupted === b.interrupted && a.paused === b.paused
  && seconds(a.elapsedMs) === seconds(b.elapsedMs) && seconds(a.etaMs) === seconds(b.etaMs)
  && a.cells.every((cell, at) => cell.status === b.cells[at]?.status);

interface Snapshots {
  readonly snapshot: RunSnapshot;
  /** Looks at once, for a key that changes the run. */
  readonly poll: () => void;
}

export function useSnapshot(run: LiveRun): Snapshots {
  const [snapshot, setSnapshot] = useState(() => run.snapshot());
  const poll = useCallback((): void => setSnapshot((shown) => {
    const next = run.snapshot();
    return looksSame(shown, next) ? shown : next;
  }), [run]);
  useEffect(() => {
    const timer = setInterval(poll, POLL_MS);
    void run.done.then(poll).finally(() => clearInterval(timer));
    return () => clearInterval(timer);
  }, [run, poll]);
  return {snapshot, poll};
}
