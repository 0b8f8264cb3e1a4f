// Other prices for a stored report: `NAME=CYCLES`, `NAME=x2` (so many times what it was), or all those of another host's profile.
import {findHost} from '../../host/catalogue.ts';
import {COST_NAMES, costNumber, type CostName} from '../../host/costs.ts';
import {price} from '../../host/price.ts';
import type {CellResult} from '../../lab/result.ts';
import {UsageError} from '../../lab/usage-error.ts';
import type {NewCost} from '../recost.ts';

const WRITTEN = /^([\w-]+)=(x?)(\d+(?:\.\d+)?)$/;

interface Change {
  readonly name: string;
  readonly factor: boolean;
  readonly value: number;
}

function readChange(written: string, known: ReadonlySet<string>): Change {
  const [, name, times, value] = WRITTEN.exec(written.trim()) ?? [];
  if (name === undefined) throw new UsageError(`--cost is '${written}'; it must be NAME=CYCLES or NAME=xFACTOR, such as vm_exit=500 or vm_exit=x2`);
  if (known.has(name)) return {name, factor: times === 'x', value: Number(value)};
  const letters = (word: string): string => word.toLowerCase().replaceAll(/[^a-z]/g, '');
  const near = [...known].filter(each => letters(each).includes(letters(name)) || letters(name).includes(letters(each)));
  const hint = near.length > 0 ? `; near it: ${near.join(', ')}` : "; the events of a cell name those it pays, see 'worldswitch explain'";
  throw new UsageError(`no cost of the report is named '${name}'${hint}`);
}

/**
 * What the flags ask for, by event.
 * @throws UsageError for a cost that no cell pays, or a host that is not known
 */
export function readPrices(costs: readonly string[], host: string | undefined, cells: readonly CellResult[]): NewCost {
  const known = new Set(cells.flatMap(({events}) => events.map(({name}) => name)));
  const changes = new Map(costs.map(written => readChange(written, known)).map(change => [change.name, change]));
  const units = host === undefined ? null : price(findHost(host)).units;
  return ({name, unitCost}) => {
    const change = changes.get(name);
    const base = units && (COST_NAMES as readonly string[]).includes(name) ? units[costNumber[name as CostName]] : unitCost;
    if (change === undefined) return base;
    return Math.round(change.factor ? base * change.value : change.value);
  };
}
