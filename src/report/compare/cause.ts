// Where a difference between two cells comes from, as sentences: exits by reason, cycles by named cost, prices; the largest first.
import type {Difference} from '../difference.ts';
import {formatCount, formatPerOperation} from '../format.ts';
import type {PairComparison} from './pair.ts';

const MOST = 5;

/** A difference too small to show in the digits of the figures. */
const seen = ({a, b}: Difference): boolean => a !== b;

const figure = (value: number): string => {
  const rounded = formatPerOperation(value);
  return rounded.startsWith('-<') || Math.abs(value) >= 100 ? rounded : Number.isInteger(value) ? formatCount(value) : trimmed(value);
};
const trimmed = (value: number): string => (Math.abs(value) < 10 ? value.toFixed(3).replace(/\.?0+$/, '') : formatPerOperation(value));

/** `+12.5`, `-3`. */
export const signed = (value: number): string => `${value > 0 ? '+' : '-'}${figure(Math.abs(value))}`;

const row = ([one, many]: readonly [string, string], per: string) => ({name, a, b}: Difference): string =>
  `${signed(b - a)} ${Math.abs(b - a) === 1 ? one : many}${per}: ${name} (${figure(a)} against ${figure(b)})`;

/** Lines such as `+1 exit EXCEPTION_NMI pf-trace (0 against 1)`, exits before the cycles they lead to. */
export function causes({differences, events, prices}: PairComparison, countsOnly: boolean): string[] {
  const {byExit, bySwitch, byCost, each} = differences;
  const per = each ? ' an operation' : '';
  return [
    ...byExit.filter(seen).slice(0, MOST).map(row(['exit', 'exits'], per)),
    ...(byExit.some(seen) ? [] : bySwitch.filter(seen).slice(0, MOST).map(row(['switch', 'switches'], per))),
    ...(countsOnly
      ? events.slice(0, MOST).map(row(['event', 'events'], ' in the region'))
      : byCost.filter(seen).slice(0, MOST).map(row(['cycle', 'cycles'], per))),
    ...prices.slice(0, MOST).map(({name, a, b}) => `${name} costs ${formatCount(b)} cycles where it cost ${formatCount(a)}`),
  ];
}
