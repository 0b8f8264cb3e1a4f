// What each meaning looks like. Colours of the terminal's own sixteen, chosen so that no two meanings differ by red against
// green alone; the text carries the same meaning without them (NO_COLOR).
import type {TextProps} from 'ink';
import type {SpanTone} from './line.ts';

type Look = Pick<TextProps, 'color' | 'backgroundColor' | 'bold' | 'dimColor'>;

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
  'in-guest': {color: 'black', backgroundColor: 'green'},
  'in-ring-crossing': {color: 'black', backgroundColor: 'yellow'},
  'in-world-switch': {color: 'white', backgroundColor: 'blue'},
  'in-vmm': {color: 'black', backgroundColor: 'magenta'},
  'in-mmu': {color: 'black', backgroundColor: 'cyan'},
  'in-page-walk': {color: 'black', backgroundColor: 'white'},
  'in-translation': {color: 'black', backgroundColor: 'yellowBright'},
  'in-device-model': {color: 'black', backgroundColor: 'blueBright'},
  'in-back-end': {color: 'black', backgroundColor: 'magentaBright'},
  'in-idle': {color: 'white', backgroundColor: 'gray'},
};

export function look(tone: SpanTone, colour: boolean): Look {
  const {color: _, backgroundColor: __, ...plain} = LOOKS[tone];
  return colour ? LOOKS[tone] : plain;
}
