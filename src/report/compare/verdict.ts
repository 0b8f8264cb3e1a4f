// A comparison in one line, and as an exit code.
import type {RunResult} from '../../lab/result.ts';
import {EXIT_CODES, strongest} from '../../lab/exit-codes.ts';
import {exitCodeOf, type ExpectedExit} from '../../lab/verdict.ts';
import {formatNumbered} from '../format.ts';
import {causes, signed} from './cause.ts';
import {ofJudgement, type Comparison} from './comparison.ts';
import type {MetricChange, PairComparison} from './pair.ts';
import {leastP} from './rank-test.ts';
import {SIGNIFICANCE} from './time.ts';

export const percentOf = ({a, b}: Pick<MetricChange, 'a' | 'b'>): string => {
  if (a === 0) return b === 0 ? '0%' : 'new';
  const percent = (b / a - 1) * 100;
  const size = Math.abs(percent);
  return `${percent >= 0 ? '+' : '-'}${size >= 1000 ? size.toFixed(0) : size < 0.05 ? size.toPrecision(1) : size.toFixed(1)}%`;
};

/** `+12.3% cycles on ptemod | ...: +1 exits an operation: EXCEPTION_NMI pf-trace`. */
function most([pair]: readonly PairComparison[], countsOnly: boolean): string {
  const [change] = pair.changes;
  const [cause] = causes(pair, countsOnly);
  return change === undefined ? pair.cell : `${percentOf(change)} ${change.metric.name} on ${pair.cell}${cause === undefined ? '' : `: ${cause}`}`;
}

/** What was found, in one sentence. */
export function verdictSentence(comparison: Comparison): string {
  const {pairs, countsOnly} = comparison;
  const [worse, better, changed, broken] = (['worse', 'better', 'changed', 'incomparable'] as const).map(name => ofJudgement(comparison, name));
  const total = formatNumbered(pairs.length, 'cell');
  if (worse.length + better.length + changed.length + broken.length === 0) return `Identical: all exact figures of ${total} are the same.`;
  const parts = [
    ...(broken.length > 0
      ? [`${formatNumbered(broken.length, 'cell')} of ${total} cannot be compared (${broken[0].others[0] ?? broken[0].b.outcome}: ${broken[0].cell})`] : []),
    ...(worse.length > 0 ? [`${worse.length} of ${total} worse, most ${most(worse, countsOnly)}`] : []),
    ...(better.length > 0 ? [`${better.length} of ${total} better, most ${most(better, countsOnly)}`] : []),
    ...(changed.length > 0 ? [`${changed.length} of ${total} changed without other totals (${changed[0].cell})`] : []),
  ];
  const word = broken.length > 0 ? 'Not comparable' : worse.length > 0 && better.length > 0 ? 'Mixed' : worse.length > 0 ? 'Worse'
    : better.length > 0 ? 'Better' : 'Changed';
  const same = ofJudgement(comparison, 'identical').length;
  return `${word}: ${[...parts, ...(same > 0 ? [`${same} identical`] : [])].join('; ')}.`;
}

/** What measured time shows, or null where none was compared. */
export function timeSentence({pairs}: Comparison): string | null {
  const times = pairs.flatMap(pair => (pair.time === null ? [] : [{cell: pair.cell, time: pair.time}]));
  const compared = times.flatMap(({cell, time}) => ('notCompared' in time ? [] : [{cell, time}]));
  if (times.length === 0) return null;
  if (compared.length === 0) {
    const {time} = times[0];
    return `Measured time is not compared: ${'notCompared' in time ? time.notCompared : ''}.`;
  }
  const shown = compared.filter(({time}) => time.significant).toSorted((x, y) => Math.abs(Math.log(y.time.ratio)) - Math.abs(Math.log(x.time.ratio)));
  if (shown.length === 0) {
    const tooFew = compared.every(({time}) => leastP(time.a.samples, time.b.samples) * compared.length >= SIGNIFICANCE);
    return `Measured time: no difference shown on ${formatNumbered(compared.length, 'cell')} (rank test, Holm-corrected, 5%)${tooFew ? '; with so few samples none could be, see --samples' : ''}.`;
  }
  const [{cell, time}] = shown;
  return `Measured time: differs on ${shown.length} of ${formatNumbered(compared.length, 'cell')} (rank test, Holm-corrected, 5%), most on ${cell}: `
    + `${signed((time.ratio - 1) * 100)}%, 95% interval ${time.interval.map(end => `${end.toFixed(3)}x`).join(' to ')}.`;
}

/** The cells that were compared, as a run of their own: cells of neither side count otherwise. */
const judgedRun = ({run}: Comparison['b'], cells: RunResult['cells'], natives: RunResult['cells']): RunResult =>
  ({...run, complete: true, cells: [...cells, ...natives.filter(native => !cells.includes(native))]});

/** `interrupted`: a run made for the comparison ended early. */
export function comparisonExitCode(comparison: Comparison,
  {expected, interrupted, bothSides}: {expected: ExpectedExit; interrupted: boolean; bothSides: boolean}): number {
  const {a, b, pairs, breaches} = comparison;
  const natives = (side: Comparison['b']): RunResult['cells'] => side.run.cells.filter(({technique}) => technique.name === 'native');
  return strongest([
    ...(interrupted ? [EXIT_CODES.interrupted] : []),
    exitCodeOf(judgedRun(b, pairs.map(pair => pair.b), natives(b)), expected),
    ...(bothSides ? [exitCodeOf(judgedRun(a, pairs.map(pair => pair.a), natives(a)), expected)] : []),
    ...(breaches.length > 0 ? [EXIT_CODES.regression] : []),
  ]);
}
