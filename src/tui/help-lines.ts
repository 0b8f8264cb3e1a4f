// The help: the key map, the figures and the marks of the matrix, each with its meaning.
import {markMeanings, VALUE_TITLES, VALUE_MODES} from '../report/cell-face.ts';
import {COLUMN_MEANINGS} from '../report/glossary.ts';
import {wrapWords} from '../report/printable.ts';
import {KEYS} from './keys.ts';
import {EMPTY_LINE, span, type Line} from './line.ts';

const LABEL_WIDTH = 11;

function entry(label: string, meaning: string, width: number): Line[] {
  const room = Math.max(10, width - LABEL_WIDTH);
  return wrapWords(meaning, room).map((line, at) => [span((at === 0 ? label : '').padEnd(LABEL_WIDTH), 'key'), span(line)]);
}

const section = (title: string, entries: readonly (readonly [string, string])[], width: number): Line[] =>
  [[span(title, 'heading')], ...entries.flatMap(([label, meaning]) => entry(label, meaning, width)), EMPTY_LINE];

export const helpLines = (width: number): Line[] => [
  ...section('Keys', KEYS.map(({label, meaning}) => [label, meaning]), width),
  ...section('Marks', markMeanings(), width),
  ...section('Figures', VALUE_MODES.map((mode) => [mode, `${VALUE_TITLES[mode]}: ${COLUMN_MEANINGS[mode]}`]), width),
];
