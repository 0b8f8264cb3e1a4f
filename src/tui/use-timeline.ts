// Asks the run for the timeline of the cell looked at, again whenever another stretch of it is wanted.
import {useEffect, useState} from 'react';
import type {LiveRun} from '../lab/live.ts';
import type {Timeline} from '../lab/timeline.ts';
import type {MatrixCell} from '../report/matrix.ts';
import type {Place} from './navigation.ts';
import {stretchOf} from './timeline-lines.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Answer {
  readonly question: string;
  readonly answer: Timeline | string;
}

/** Null while there is none to show or it is being made. */
export function useTimeline(run: LiveRun, cell: MatrixCell | null, {place, columns}: {place: Place; columns: number}): Timeline | string | null {
  const [last, setLast] = useState<Answer | null>(null);
  const {view, zoom, pan} = place;
  const key = cell === null ? '' : `${cell.rowKey} | ${cell.technique} | ${cell.host}`;
  const region = cell?.result?.cycles.region ?? 0;
  const question = view === 'timeline' && region > 0 ? JSON.stringify([key, zoom, pan, columns]) : '';
  useEffect(() => {
    if (question === '') return () => {};
    let wanted = true;
    const show = (answer: Timeline | string): void => {
      if (wanted) setLast({question, answer});
    };
    run.timeline(key, stretchOf({zoom, pan}, region, columns)).then(show, (error: unknown) => show(messageOf(error)));
    return () => {
      wanted = false;
    };
  }, [run, question, key, region, zoom, pan, columns]);
  return last?.question === question ? last.answer : null;
}
