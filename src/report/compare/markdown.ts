// A comparison as the text of a pull request's comment: the verdict, a table of what changed, causes folded away. Empty when
// nothing changed, so that nobody is told nothing.
import {escapeMarkdown, table} from '../markdown-text.ts';
import {causes} from './cause.ts';
import type {Comparison} from './comparison.ts';
import {breachSentence} from './gate.ts';
import type {PairComparison} from './pair.ts';
import {shownFigure} from './text.ts';
import {percentOf, timeSentence, verdictSentence} from './verdict.ts';

const MOST_ROWS = 50;

const isQuiet = ({pairs, onlyA, onlyB, breaches}: Comparison): boolean =>
  breaches.length === 0 && onlyA.length === 0 && onlyB.length === 0
  && pairs.every(({judgement, time}) => judgement === 'identical' && (time === null || 'notCompared' in time || !time.significant));

function rows(pairs: readonly PairComparison[]): string[][] {
  return pairs.flatMap(pair => {
    if (pair.changes.length === 0) return [[escapeMarkdown(pair.cell), pair.judgement, '', '', '', escapeMarkdown(pair.others.join('; '))]];
    return pair.changes.map((change, at) => [
      at === 0 ? escapeMarkdown(pair.cell) : '', change.metric.name, shownFigure(pair, change.a), shownFigure(pair, change.b), percentOf(change),
      at === 0 ? escapeMarkdown([pair.judgement, ...pair.others].join('; ')) : '',
    ]);
  });
}

function causesSection(pairs: readonly PairComparison[], countsOnly: boolean): string[] {
  const lines = pairs.flatMap(pair => {
    const found = causes(pair, countsOnly);
    return found.length === 0 ? [] : [`- ${escapeMarkdown(pair.cell)}`, ...found.map(cause => `  - ${escapeMarkdown(cause)}`)];
  });
  return lines.length === 0 ? [] : ['<details><summary>Causes, largest first</summary>', '', ...lines, '', '</details>', ''];
}

/** Ends with a newline unless it is empty. */
export function comparisonMarkdown(comparison: Comparison): string {
  if (isQuiet(comparison)) return '';
  const {a, b, pairs, onlyA, onlyB, breaches, countsOnly} = comparison;
  const changed = pairs.filter(({judgement}) => judgement !== 'identical');
  const shown = changed.slice(0, MOST_ROWS);
  const time = timeSentence(comparison);
  return `${[
    '### worldswitch', '', `**${escapeMarkdown(verdictSentence(comparison))}**`, '',
    ...breaches.slice(0, MOST_ROWS).map(breach => `- regression: ${escapeMarkdown(breachSentence(breach))}`), ...(breaches.length > 0 ? [''] : []),
    `A: ${escapeMarkdown(a.name)}, B: ${escapeMarkdown(b.name)}; figures per operation where the workload marks operations.`, '',
    ...(shown.length > 0 ? [table([['cell', 'figure', 'A', 'B', 'change', ''], ...rows(shown)], {align: ['l', 'l', 'r', 'r', 'r', 'l']}), ''] : []),
    ...(changed.length > shown.length ? [`${changed.length - shown.length} more cells differ.`, ''] : []),
    ...[[onlyA, a.name] as const, [onlyB, b.name] as const].filter(([cells]) => cells.length > 0)
      .flatMap(([cells, name]) => [`Only in ${escapeMarkdown(name)}: ${cells.slice(0, 5).map(escapeMarkdown).join('; ')}${cells.length > 5 ? ` and ${cells.length - 5} more` : ''}.`, '']),
    ...causesSection(shown, countsOnly), ...(time === null ? [] : [escapeMarkdown(time), '']),
  ].join('\n').trimEnd()}\n`;
}
