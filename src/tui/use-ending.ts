// What is known once the last cell has ended: the summary, then where the reports are or why there are none.
import {useEffect, useState} from 'react';
import type {LiveRun} from '../lab/live.ts';
import type {RunResult} from '../lab/result.ts';
import {summarize} from '../report/summary.ts';
import type {Ending} from './screen.ts';

const UNKNOWN: Ending = {summary: [], reports: [], problem: null};

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function useEnding(run: LiveRun, reportsWritten: Promise<readonly string[]>): {ending: Ending; result: RunResult | null} {
  const [result, setResult] = useState<RunResult | null>(null);
  const [ending, setEnding] = useState(UNKNOWN);
  useEffect(() => {
    const awaitRun = async (): Promise<void> => {
      const ended = await run.done;
      setResult(ended);
      setEnding((known) => ({...known, summary: summarize(ended)}));
    };
    const awaitReports = async (): Promise<void> => {
      const told = await reportsWritten.then((reports) => ({reports}), (error: unknown) => ({problem: message(error)}));
      setEnding((known) => ({...known, ...told}));
    };
    void awaitRun();
    void awaitReports();
  }, [run, reportsWritten]);
  return {ending, result};
}
