// What each meaning looks like. Colours of the terminal's own sixteen, chosen so that no two meanings differ by red against
// green alone; the text carries the same meaning without them (NO_COLOR).
import type {TextProps} from 'ink';
import type {SpanTone} from './line.ts';

type Look = Pick<TextProps, 'color' | 'bold' | 'dimColor'>;

const LOOKS: Readonly<Record<SpanTone, Look>> = {
  plain: {},
  baseline: {dimColor: true},
  fastest: {color: 'cyan', bold: true},
  different: {color: 'yellow'},
  unequal: {color: 'magenta', bold: true},
  failed: {color: 'magenta', bold: true},
  muted: {dimColor: true},
  running: {color: 'blue', bold: true},
  title: {bold: true},
  heading: {color: 'cyan'},
  key: {bold: true},
  bar: {color: 'blue'},
};

export function look(tone: SpanTone, colour: boolean): Look {
  const {color, ...rest} = LOOKS[tone];
  return colour && color !== undefined ? {...rest, color} : rest;
}
