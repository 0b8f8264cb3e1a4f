// `worldswitch explain`: a cell of a stored report in sentences, or the difference between two; a word of the reports.
import type {CellResult, RunResult} from '../lab/result.ts';
import {UsageError} from '../lab/usage-error.ts';
import {cellName, chooseCell, readChoice} from '../report/explain/choose.ts';
import {cellParagraphs} from '../report/explain/sentences.ts';
import {explanationJson, explanationText, type Explanation} from '../report/explain/text.ts';
import {differenceParagraphs} from '../report/explain/two.ts';
import {formatParams} from '../report/figures.ts';
import {explain, explainDetail} from '../report/glossary.ts';
import {lineWidth} from '../report/terminal.ts';
import {storedReport, type StoredFlags} from './stored.ts';
import type {Surroundings} from './surroundings.ts';

export interface ExplainFlags extends StoredFlags {
  readonly json?: boolean;
}

/** @throws UsageError */
export async function explainCommand(written: readonly string[], flags: ExplainFlags, surroundings: Surroundings): Promise<number> {
  const {stdout} = surroundings;
  const explanation = word(written) ?? cells(written, await storedReport(flags, surroundings));
  stdout.write(flags.json ? explanationJson(explanation) : explanationText(explanation, lineWidth(stdout)));
  return 0;
}

/** A word alone: a reason, cost, category, context, grade or column. */
function word([first, second]: readonly string[]): Explanation | null {
  const meaning = second === undefined ? explain(first) ?? explainDetail(first) : null;
  return meaning === null ? null : {title: first, paragraphs: [{title: 'What the word means', lines: [meaning]}]};
}

function nativeOf(cell: CellResult, run: RunResult): CellResult | null {
  return run.cells.find(each => each.technique.name === 'native' && each.workload === cell.workload && each.host === cell.host
    && formatParams(each.params) === formatParams(cell.params)) ?? null;
}

function cells([first, second]: readonly string[], run: RunResult): Explanation {
  const choice = readChoice(first, run.cells);
  const a = chooseCell(choice, run);
  if (second === undefined) return {title: cellName(a), paragraphs: cellParagraphs(a, nativeOf(a, run))};
  const b = chooseCell(readChoice(second, run.cells, choice), run);
  if (a === b) throw new UsageError(`'${first}' and '${second}' are the same cell; name another technique or host for the second`);
  if (a.workload !== b.workload) throw new UsageError(`${a.workload} and ${b.workload} are different workloads, whose operations have nothing in common; name one for both`);
  const unrun = [a, b].find(({outcome}) => outcome !== 'completed');
  if (unrun) throw new UsageError(`${cellName(unrun)} has no figures to compare: ${unrun.outcome}${unrun.reason === undefined ? '' : `, ${unrun.reason}`}`);
  return {title: `${cellName(a)}, against ${cellName(b)}`, paragraphs: differenceParagraphs(a, b)};
}
