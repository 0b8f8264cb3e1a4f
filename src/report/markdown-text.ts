// Markdown's own syntax: escaping, code spans and blocks that no content can leave, tables.
import {markdownTable, type Options} from 'markdown-table';
import {printable} from './printable.ts';

/** Plain text in which nothing is taken as markup or HTML; line breaks become visible escapes. */
export const escapeMarkdown = (text: string): string =>
  printable(text).replaceAll(/[\\`*_{}[\]<>#|~]/g, (character) => (character === '<' ? '&lt;' : `\\${character}`))
    .replaceAll(/^([-+]|\d+[.)])(?=\s)/g, '\\$1');

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

/** A code span whose fence is longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  const safe = printable(text);
  if (safe === '') return '';
  const fence = '`'.repeat(longestRun(safe) + 1);
  const space = safe.startsWith('`') || safe.endsWith('`') ? ' ' : '';
  return `${fence}${space}${safe}${space}${fence}`;
}

/** A fenced block of lines that are already printable. */
export function codeBlock(lines: readonly string[]): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${fence}text`, ...lines, fence];
}

/** First row is the head; cells must be escaped already, but for the pipes of code spans. */
export const table = (rows: readonly (readonly string[])[], options: Options = {}): string =>
  markdownTable(rows.map((row) => row.map((text) => text.replaceAll(/(?<!\\)\|/g, '\\|'))), options);
