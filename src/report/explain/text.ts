// Explanations as plain text and as JSON.
import {printable, wrapWords} from '../printable.ts';
import type {Paragraph} from './sentences.ts';

/** Wrapped under the first line's own indentation, and two more. */
function wrapped(line: string, width: number): string[] {
  const indent = /^ */.exec(line)![0].length;
  const lines = wrapWords(printable(line.trimStart()), width - indent - 4);
  return lines.map((text, at) => `${' '.repeat(indent + (at > 0 ? 2 : 0))}${text}`);
}

export interface Explanation {
  readonly title: string;
  readonly paragraphs: readonly Paragraph[];
}

/** Ends with a newline. */
export const explanationText = ({title, paragraphs}: Explanation, width: number): string => `${[
  printable(title), ...paragraphs.flatMap(paragraph => ['', printable(paragraph.title), ...paragraph.lines.flatMap(line => wrapped(line, width - 2).map(each => `  ${each}`))]),
].join('\n')}\n`;

export const explanationJson = ({title, paragraphs}: Explanation): string =>
  `${JSON.stringify({schemaVersion: 1, title, paragraphs: paragraphs.map(paragraph => ({...paragraph, lines: paragraph.lines.map(line => line.trim())}))}, null, 2)}\n`;
