// Polls a run four times a second; what has not changed is not drawn again.
import {useEffect, useState} from 'react';
import type {LiveRun, RunSnapshot} from '../lab/live.ts';

const POLL_MS = 250;

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms / 1000));

/** Whether two snapshots look the same on the screen. */
export const looksSame = (a: RunSnapshot, b: RunSnapshot): boolean =>
  a.done === b.done && a.finished === b.finished && a.interrupted === b.interrupted
  && seconds(a.elapsedMs) === seconds(b.elapsedMs) && seconds(a.etaMs) === seconds(b.etaMs)
  && a.cells.every((cell, at) => cell.status === b.cells[at]?.status);

export function useSnapshot(run: LiveRun): RunSnapshot {
  const [snapshot, setSnapshot] = useState(() => run.snapshot());
  useEffect(() => {
    const poll = (): void => setSnapshot((shown) => {
      const next = run.snapshot();
      return looksSame(shown, next) ? shown : next;
    });
    const timer = setInterval(poll, POLL_MS);
    void run.done.then(poll).finally(() => clearInterval(timer));
    return () => clearInterval(timer);
  }, [run]);
  return snapshot;
}
