// Two cells of one workload in sentences: which is dearer, by which exits, by which costs, and, where prices differ, how much of
// the difference is doing more and how much is paying more for the same.
import type {CellResult} from '../../lab/result.ts';
import type {Category} from '../../ledger/context.ts';
import {differences, type Differences} from '../difference.ts';
import {perOperation} from '../figures.ts';
import {formatPerOperation, formatShare, formatSlowdown} from '../format.ts';
import {CATEGORY_MEANINGS, explain, explainDetail} from '../glossary.ts';
import {cellName} from './choose.ts';
import {differenceLine, type Paragraph} from './sentences.ts';

const MOST = 8;

function opening(a: CellResult, b: CellResult, {cycles, each}: Differences): string {
  const unit = each ? 'cycles an operation' : 'cycles';
  if (cycles.a === cycles.b) return `Both take ${formatPerOperation(cycles.a)} ${unit}.`;
  const [dear, cheap, more, less] = cycles.a > cycles.b ? [a, b, cycles.a, cycles.b] : [b, a, cycles.b, cycles.a];
  const ratio = less > 0 ? `, ${formatSlowdown(more / less)}` : '';
  return `${cellName(dear)} takes ${formatPerOperation(more)} ${unit}, ${cellName(cheap)} ${formatPerOperation(less)}${ratio}.`;
}

function exitParagraph({byExit, bySwitch, exits}: Differences): Paragraph {
  const rows = byExit.filter(({a, b}) => a !== b);
  if (rows.length > 0) {
    const lines = rows.slice(0, MOST).map(row => {
      const [reason, ...detail] = row.name.split(' ');
      const meaning = explainDetail(detail.join(' ')) ?? explain(reason);
      return `${differenceLine(row)}${meaning === null ? '' : `: ${meaning}`}`;
    });
    return {title: `Exits: ${formatPerOperation(exits.a)} against ${formatPerOperation(exits.b)}, by reason`, lines};
  }
  const others = bySwitch.filter(({a, b}) => a !== b).slice(0, MOST);
  const none = others.length === 0 ? 'Both make the same exits and the same other switches.' : 'Both make the same exits; other switches differ:';
  return {title: 'Exits', lines: [none, ...others.map(differenceLine)]};
}

/** Cycles from doing more, at a's prices, and from paying more for what b does. */
function split(a: CellResult, b: CellResult): {readonly doing: number; readonly paying: number} {
  const of = (cell: CellResult, name: string) => cell.events.find(event => event.name === name) ?? null;
  let [doing, paying] = [0, 0];
  for (const name of new Set([...a.events, ...b.events].map(event => event.name))) {
    const [before, after] = [of(a, name), of(b, name)];
    const [oldCount, newCount] = [before ? perOperation(a, before.count) ?? before.count : 0, after ? perOperation(b, after.count) ?? after.count
      : 0];
    const oldPrice = before?.unitCost ?? after!.unitCost;
    doing += (newCount - oldCount) * oldPrice;
    paying += newCount * ((after?.unitCost ?? oldPrice) - oldPrice);
  }
  return {doing, paying};
}

function priceLine(a: CellResult, b: CellResult): string[] {
  const {doing, paying} = split(a, b);
  if (Math.abs(paying) < 0.5) return [];
  const words = (value: number): string => `${value >= 0 ? '+' : '-'}${formatPerOperation(Math.abs(value))}`;
  return [`Of the difference, ${words(doing)} cycles come from doing other things and ${words(paying)} from other prices of the same things.`];
}

/** `a` and `b` must be of one workload. */
export function differenceParagraphs(a: CellResult, b: CellResult): Paragraph[] {
  const found = differences(a, b);
  const more = found.byCost.filter(row => row.a !== row.b);
  const total = more.reduce((sum, row) => sum + Math.abs(row.b - row.a), 0);
  return [
    {title: 'The difference', lines: [opening(a, b, found), ...priceLine(a, b)]},
    exitParagraph(found),
    {
      title: 'Cycles by cost, first against second, largest difference first',
      lines: more.slice(0, MOST).map(row =>
        `${formatShare(Math.abs(row.b - row.a), total).padStart(6)}  ${differenceLine(row)}: ${explain(row.name) ?? 'a cost of a plugin'}`),
    },
    {title: 'Cycles by category',
      lines: found.byCategory.filter(row => row.a !== row.b).map(row => `${differenceLine(row)}: ${CATEGORY_MEANINGS[row.name as Category]}`)},
  ];
}
