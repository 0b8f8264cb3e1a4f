// The live view: a snapshot of the run, a place in it, and the screen for both.
import {useInput, useStdin, useWindowSize, type Key} from 'ink';
import {useMemo, useReducer} from 'react';
import type {LiveRun} from '../lab/live.ts';
import {buildMatrix, snapshotEntries} from '../report/matrix.ts';
import {cellScreen} from './cell-screen.ts';
import {helpScreen} from './help-screen.ts';
import {actionOf, type Action} from './keys.ts';
import {Lines} from './lines.tsx';
import {matrixScreen} from './matrix-screen.ts';
import {navigate, START, type Extent, type Place} from './navigation.ts';
import type {Screen, ScreenInput} from './screen.ts';
import {useEnding} from './use-ending.ts';
import {useLeaving} from './use-leaving.ts';
import {useSnapshot} from './use-snapshot.ts';

export interface AppProps {
  readonly run: LiveRun;
  /** Resolves with the paths, or rejects with a sentence. */
  readonly reportsWritten: Promise<readonly string[]>;
  readonly colour: boolean;
  /** Instead of the terminal's own size. */
  readonly size?: {readonly columns: number; readonly rows: number};
}

interface Step {
  readonly action: Action;
  readonly extent: Extent;
}

const reduce = (place: Place, {action, extent}: Step): Place => navigate(place, action, extent);

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
  const [place, step] = useReducer(reduce, START);
  const matrix = useMemo(() => buildMatrix(snapshotEntries(snapshot)), [snapshot]);
  const {lines, extent} = screenOf({snapshot, matrix, place, stopping, ending, columns, rows});

  const press = (input: string, key: Key): void => {
    const action = actionOf(input, key);
    if (action === 'stop' || (action === 'quit' && !place.help)) leave();
    else if (action !== null) step({action, extent});
    else if (place.help) step({action: 'help', extent});
  };
  const onInput = (input: string, key: Key): void => {
    // Why: keys pressed faster than they are read arrive as one string.
    for (const character of input.length > 1 ? input : [input]) press(character, key);
  };
  useInput(onInput, {isActive: isRawModeSupported});

  return <Lines lines={lines} colour={colour} />;
}
