// The live view: a snapshot of the run, a place in it, and the screen for both.
import {useStdin, useWindowSize} from 'ink';
import {useLayoutEffect, useMemo, useRef} from 'react';
import type {LiveRun} from '../lab/live.ts';
import {buildMatrix, snapshotEntries} from '../report/matrix.ts';
import {cellScreen} from './cell-screen.ts';
import {helpScreen} from './help-screen.ts';
import {Lines} from './lines.tsx';
import {matrixScreen} from './matrix-screen.ts';
import type {Extent} from './navigation.ts';
import type {Screen, ScreenInput} from './screen.ts';
import {useEnding} from './use-ending.ts';
import {useLeaving} from './use-leaving.ts';
import {usePlace} from './use-place.ts';
import {useSnapshot} from './use-snapshot.ts';

export interface AppProps {
  readonly run: LiveRun;
  /** Resolves with the paths, or rejects with a sentence. */
  readonly reportsWritten: Promise<readonly string[]>;
  readonly colour: boolean;
  /** Instead of the terminal's own size. */
  readonly size?: {readonly columns: number; readonly rows: number};
}

function screenOf(input: ScreenInput): Screen {
  if (input.place.help) return helpScreen(input);
  return input.place.view === 'cell' ? cellScreen(input) : matrixScreen(input);
}

export function App({run, reportsWritten, colour, size}: AppProps) {
  const window = useWindowSize();
  const {columns, rows} = size ?? window;
  const {isRawModeSupported} = useStdin();
  const snapshot = useSnapshot(run);
  const {ending, result} = useEnding(run, reportsWritten);
  const {stopping, leave} = useLeaving(run, result, !isRawModeSupported);
  const drawn = useRef<Extent>({rows: 0, columns: 0, page: 1, scrollable: 0});
  const place = usePlace({isActive: isRawModeSupported, leave, extent: () => drawn.current});
  const matrix = useMemo(() => buildMatrix(snapshotEntries(snapshot)), [snapshot]);
  const {lines, extent} = screenOf({snapshot, matrix, place, stopping, ending, columns, rows});
  useLayoutEffect(() => {
    drawn.current = extent;
  });
  return <Lines lines={lines} colour={colour} />;
}
