// The live view: a snapshot of the run, a place in it, and the screen for both.
import {useStdin, useWindowSize} from 'ink';
import {useLayoutEffect, useMemo, useRef} from 'react';
import type {LiveRun} from '../lab/live.ts';
import {arrange} from '../report/arrange.ts';
import {buildMatrix, snapshotEntries} from '../report/matrix.ts';
import {cellScreen} from './cell-screen.ts';
import {compareScreen} from './compare-screen.ts';
import {flowScreen} from './flow-screen.ts';
import {helpScreen} from './help-screen.ts';
import {Lines} from './lines.tsx';
import {cellAt} from './matrix-lines.ts';
import {matrixScreen} from './matrix-screen.ts';
import type {Extent} from './navigation.ts';
import type {Screen, ScreenInput} from './screen.ts';
import {timelineScreen} from './timeline-screen.ts';
import {useEnding} from './use-ending.ts';
import {useExport} from './use-export.ts';
import {useLeaving} from './use-leaving.ts';
import {usePlace} from './use-place.ts';
import {useSnapshot} from './use-snapshot.ts';
import {useTimeline} from './use-timeline.ts';
import type {View} from './views.ts';
import {whatIfScreen} from './what-if-screen.ts';

export interface AppProps {
  readonly run: LiveRun;
  /** Resolves with the paths, or rejects with a sentence. */
  readonly reportsWritten: Promise<readonly string[]>;
  /** Writes the reports of what has ended by now; null where none are asked for. */
  readonly exportReports: (() => Promise<readonly string[]>) | null;
  readonly colour: boolean;
  /** Instead of the terminal's own size. */
  readonly size?: {readonly columns: number; readonly rows: number};
}

const SCREENS: Readonly<Record<View, (input: ScreenInput) => Screen>> = {
  matrix: matrixScreen, cell: cellScreen, compare: compareScreen, flow: flowScreen, timeline: timelineScreen, 'what-if': whatIfScreen,
};

export function App({run, reportsWritten, exportReports: write, colour, size}: AppProps) {
  const window = useWindowSize();
  const {columns, rows} = size ?? window;
  const {isRawModeSupported} = useStdin();
  const {snapshot, poll} = useSnapshot(run);
  const {ending, result} = useEnding(run, reportsWritten);
  const {stopping, leave} = useLeaving(run, result, !isRawModeSupported);
  const {message, exportReports} = useExport(write);
  const drawn = useRef<Extent>({rows: 0, techniques: [], costs: [], page: 1, scrollable: 0});
  const pause = (): void => {
    run.pause(!run.snapshot().paused);
    poll();
  };
  const place = usePlace({isActive: isRawModeSupported, leave, pause, exportReports, extent: () => drawn.current});
  const whole = useMemo(() => buildMatrix(snapshotEntries(snapshot)), [snapshot]);
  const {filter, sort, reverse, mode} = place;
  const matrix = useMemo(() => arrange(whole, {filter, sort, reverse, mode}), [whole, filter, sort, reverse, mode]);
  const timeline = useTimeline(run, cellAt(matrix, place.row, place.column), {place, columns});
  const {lines, extent} = (place.help ? helpScreen : SCREENS[place.view])({snapshot, matrix, whole, timeline, message, place, stopping, ending, columns, rows});
  useLayoutEffect(() => {
    drawn.current = extent;
  });
  return <Lines lines={lines} colour={colour} />;
}
