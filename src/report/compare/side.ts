// One side of a comparison from a file: a report, or a baseline, which holds counts alone.
import {isBaseline, parseBaseline} from '../baseline/baseline.ts';
import {parseJson, readText} from '../json.ts';
import type {Side} from './comparison.ts';

/** @throws ReportError one sentence, when the file cannot be read or is neither */
export async function readSide(path: string, name: string): Promise<Side> {
  const text = await readText(path);
  const document = /^\s*\{\s*"baseline"/.test(text) ? JSON.parse(text) as unknown : null;
  if (isBaseline(document)) return {name, run: parseBaseline(document, name), countsOnly: true};
  return {name, run: parseJson(text, name), countsOnly: false};
}
