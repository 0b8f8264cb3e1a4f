// What a whole screen is made from and what it is. Never taller than the terminal less one row: a frame that fills the last
// row makes terminals scroll.
import type {RunSnapshot} from '../lab/live.ts';
import type {Timeline} from '../lab/timeline.ts';
import type {Matrix} from '../report/matrix.ts';
import {printable} from '../report/printable.ts';
import {clipLine, EMPTY_LINE, textLine, type Line} from './line.ts';
import type {Extent, Place} from './navigation.ts';

/** How the run ended and where its reports are, as far as known. */
export interface Ending {
  /** The sentences of the summary; empty while the run goes on. */
  readonly summary: readonly string[];
  readonly reports: readonly string[];
  /** The sentence that says why there are no reports. */
  readonly problem: string | null;
}

export interface ScreenInput {
  readonly snapshot: RunSnapshot;
  /** As the person arranged it. */
  readonly matrix: Matrix;
  /** With every cell of the plan, in its order. */
  readonly whole: Matrix;
  /** Of the cell under the cursor, once asked for and made; or the sentence that says why not. */
  readonly timeline: Timeline | string | null;
  /** What the last key that is not a movement led to, in a sentence. */
  readonly message: string | null;
  readonly place: Place;
  readonly stopping: boolean;
  readonly ending: Ending;
  readonly columns: number;
  readonly rows: number;
}

export interface Screen {
  readonly lines: readonly Line[];
  readonly extent: Extent;
}

/** Below this many rows empty lines and explanations give way to content. */
export const SHORT = 18;

export const messageLines = ({message, columns}: ScreenInput): Line[] => (message === null ? [] : [textLine(printable(message), columns, 'title')]);

interface Frame {
  readonly top: readonly Line[];
  readonly bottom: readonly Line[];
}

/** `top`, then `body` in the height left, then `bottom`: `rows - 1` lines, none longer than `columns`. */
export function stack({rows, columns}: Pick<ScreenInput, 'rows' | 'columns'>, {top, bottom}: Frame, body: (height: number) => readonly Line[]): Line[] {
  const height = Math.max(1, rows - 1 - top.length - bottom.length);
  const middle = body(height).slice(0, height);
  const filler = Array.from({length: height - middle.length}, () => EMPTY_LINE);
  return [...top, ...middle, ...filler, ...bottom].slice(0, Math.max(1, rows - 1)).map((line) => clipLine(line, columns));
}
