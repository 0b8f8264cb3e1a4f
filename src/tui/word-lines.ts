// The glossary of one cell: the reasons, details, categories and costs it shows, each with its meaning.
import type {CellResult} from '../lab/result.ts';
import {rankedCategories, rankedEvents, rankedSwitches} from '../report/figures.ts';
import {explain, explainDetail} from '../report/glossary.ts';
import {clip, printable, wrapWords} from '../report/printable.ts';
import {shownReason} from '../report/vendor-spelling.ts';
import {span, type Line} from './line.ts';

const WIDEST_WORD = 22;

function meanings(cell: CellResult): Map<string, string> {
  const found = new Map<string, string>();
  const add = (word: string, meaning: string | null): void => {
    if (word !== '' && meaning !== null) found.set(printable(word), meaning);
  };
  for (const edge of rankedSwitches(cell)) {
    add(shownReason(cell, edge), explain(edge.reason));
    add(edge.detail, explainDetail(edge.detail));
  }
  for (const [category] of rankedCategories(cell)) add(category, explain(category));
  for (const {name} of rankedEvents(cell)) add(name, explain(name));
  return found;
}

export function wordLines(cell: CellResult, width: number): Line[] {
  const words = meanings(cell);
  const label = Math.min(WIDEST_WORD, Math.floor(width / 2), Math.max(0, ...[...words.keys()].map((word) => word.length)));
  return [...words].flatMap(([word, meaning]) =>
    wrapWords(meaning, Math.max(10, width - label - 2)).map((line, at): Line =>
      [span(clip(at === 0 ? word : '', label).padEnd(label + 2), 'key'), span(line)]));
}
