// The ways out. `q` or Ctrl-C while cells run stops the run and leaves when what has ended is safe; a second time leaves at
// once. After the end either just leaves.
import {useApp} from 'ink';
import {useEffect, useState} from 'react';
import type {LiveRun} from '../lab/live.ts';
import type {RunResult} from '../lab/result.ts';

export type Leave = 'quit' | 'interrupted';

interface Leaving {
  readonly stopping: boolean;
  readonly leave: () => void;
}

/** `unattended`: there are no keys, so that the end of the run is the end of the view. */
export function useLeaving(run: LiveRun, result: RunResult | null, unattended: boolean): Leaving {
  const {exit} = useApp();
  const [stopping, setStopping] = useState(false);
  useEffect(() => {
    if (result === null || !(stopping || unattended)) return;
    exit((result.complete ? 'quit' : 'interrupted') satisfies Leave);
  }, [exit, result, stopping, unattended]);
  const leave = (): void => {
    if (stopping && result === null) {
      exit('interrupted' satisfies Leave);
      return;
    }
    if (result === null) run.interrupt();
    setStopping(true);
  };
  return {stopping, leave};
}
