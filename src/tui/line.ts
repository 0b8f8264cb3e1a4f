// A line of the screen as spans: text with a meaning, not a colour. What a meaning looks like is in palette.ts.
import type {Category} from '../ledger/context.ts';
import type {Tone} from '../report/cell-face.ts';
import {clip} from '../report/printable.ts';

export type SpanTone = Tone | 'title' | 'heading' | 'key' | 'bar' | `in-${Category}`;

export interface Span {
  readonly text: string;
  readonly tone: SpanTone;
  /** The cell under the cursor. */
  readonly selected?: boolean;
}

export type Line = readonly Span[];

export const span = (text: string, tone: SpanTone = 'plain'): Span => ({text, tone});

/** One line of one meaning, cut to `width`. */
export const textLine = (text: string, width: number, tone: SpanTone = 'plain'): Line => [span(clip(text, width), tone)];

export const EMPTY_LINE: Line = [];

export const lineText = (line: Line): string => line.map(({text}) => text).join('');

/** Cuts a line to `width`, spans and all. */
export function clipLine(line: Line, width: number): Line {
  const kept: Span[] = [];
  let left = width;
  for (const piece of line) {
    if (left <= 0) break;
    kept.push(piece.text.length <= left ? piece : {...piece, text: clip(piece.text, left)});
    left -= piece.text.length;
  }
  return kept;
}

/** `left` at the left and `right` at the right edge; without room for both, `left` alone. */
export function spread(left: Line, right: Line, width: number): Line {
  const gap = width - lineText(left).length - lineText(right).length;
  return gap < 2 ? clipLine(left, width) : [...left, span(' '.repeat(gap)), ...right];
}
