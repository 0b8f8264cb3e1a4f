// Sensitivity as plain text: what would flip, then a tornado of costs by the swing they give to the mean slowdown.
import {formatNumbered, formatSlowdown} from '../format.ts';
import {printable, wrapWords} from '../printable.ts';
import {winnerLine} from './recost-text.ts';
import type {CostSensitivity, Move, Sensitivity} from './sensitivity.ts';

const MOST_COSTS = 15;
const BAR = 30;

function flipLines({name, down, up}: CostSensitivity, factor: number): string[] {
  const of = (move: Move, way: string): string[] => [
    ...move.leaders.map(({host, before, after}) =>
      `${name} ${way}: on ${host} most workloads go to ${after.join(' and ')} instead of ${before.join(' and ')}`),
    ...move.winners.map(winner => `${name} ${way}: ${winnerLine(winner)}`),
  ];
  return [...of(down, `${factor}x less`), ...of(up, `${factor}x more`)];
}

/** A bar from the lower to the higher mean on an axis that all share. */
function bar({down, up}: CostSensitivity, low: number, high: number): string {
  const place = (mean: number): number => (high === low ? 0 : Math.round((Math.log(mean / low) / Math.log(high / low)) * (BAR - 1)));
  const [from, to] = [place(Math.min(down.mean, up.mean)), place(Math.max(down.mean, up.mean))];
  return Array.from({length: BAR}, (_, at) => (at >= from && at <= to ? '█' : '·')).join('');
}

function tornado({costs, mean}: Sensitivity): string[] {
  const shown = costs.slice(0, MOST_COSTS);
  const means = [mean, ...shown.flatMap(({down, up}) => [down.mean, up.mean])];
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const names = Math.max(...shown.map(({name}) => name.length), 4);
  return shown.map(cost => [
    cost.name.padEnd(names), cost.grade.padEnd(10), formatSlowdown(cost.down.mean).padStart(8), bar(cost, low, high),
      formatSlowdown(cost.up.mean).padEnd(8),
    String(cost.down.winners.length + cost.up.winners.length).padStart(3),
  ].join('  '));
}

/** Ends with a newline. */
export function sensitivityText(found: Sensitivity, width: number): string {
  const {factor, costs, mean, rows, estimates} = found;
  const flips = costs.flatMap(cost => flipLines(cost, factor));
  const guilty = costs.filter(({down, up}) => down.winners.length + up.winners.length > 0);
  const head = flips.length === 0
    ? `No conclusion flips: with any one of ${formatNumbered(costs.length, 'cost')} off by ${factor}x, the fastest techniques of ${formatNumbered(rows, 'row')} stay the same.`
    : `${formatNumbered(guilty.length, 'cost')} of ${costs.length}, off by ${factor}x, would change who is fastest somewhere in ${formatNumbered(rows, 'row')}.`;
  return `${[
    ...wrapWords(head, width), '', ...flips.flatMap(line => wrapWords(printable(line), width - 2).map((text, at) => `${at > 0 ? '    ' : '  '}${text}`)), ...(flips.length > 0 ? [''] : []),
    ...wrapWords(`Mean slowdown ${formatSlowdown(mean)}; with each cost ${factor}x less and ${factor}x more, the largest swing first; last, the number of workloads whose fastest technique changes:`, width),
    ...tornado(found), ...(costs.length > MOST_COSTS ? [`${costs.length - MOST_COSTS} more costs move it less; --json lists all.`] : []),
    ...(estimates > 0 ? ['', ...wrapWords(`~ ${formatNumbered(estimates, 'cell')} looked at time, so their recosting is an estimate.`, width)] : []),
  ].join('\n')}\n`;
}
