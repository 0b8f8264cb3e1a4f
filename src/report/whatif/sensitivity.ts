// Which conclusions of a report hang on which cost: every cost is taken to be off by a factor, down and up, the report recosted
// each time, and what changes noted. Conclusions are who is fastest on each workload and on most workloads of a host.
import type {RunResult} from '../../lab/result.ts';
import {GRADES, type Grade} from '../../ledger/context.ts';
import {isComparable} from '../figures.ts';
import {shortName} from '../heading.ts';
import {isEstimate} from '../recost.ts';
import {places, recostRun, winnerChanges, type WinnerChange} from './recosted.ts';

export interface LeaderChange {
  readonly host: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** One cost moved one way. */
export interface Move {
  /** Geometric mean of all slowdowns that can be formed. */
  readonly mean: number;
  readonly winners: readonly WinnerChange[];
  readonly leaders: readonly LeaderChange[];
}

export interface CostSensitivity {
  readonly name: string;
  /** The weakest of the hosts' grades. */
  readonly grade: Grade;
  readonly cells: number;
  readonly down: Move;
  readonly up: Move;
}

export interface Sensitivity {
  readonly factor: number;
  readonly mean: number;
  readonly rows: number;
  /** Cells whose recosting is an estimate. */
  readonly estimates: number;
  /** Largest swing of the mean first. */
  readonly costs: readonly CostSensitivity[];
}

type Places = ReturnType<typeof places>;

function meanSlowdown(all: Places): number {
  const ratios = all.flatMap(({row}) => row.cells.flatMap(cell => {
    if (cell?.result == null || cell.technique === 'native' || !isComparable(cell.result, cell.native) || !cell.native?.cycles.region) return [];
    return [Math.log(cell.result.cycles.region / cell.native.cycles.region)];
  }));
  return ratios.length === 0 ? 1 : Math.exp(ratios.reduce((sum, each) => sum + each, 0) / ratios.length);
}

/** The techniques that are fastest on most workloads of each host. */
function leaders(all: Places): Map<string, string[]> {
  return new Map([...Map.groupBy(all, ({host}) => host)].map(([host, ofHost]) => {
    const wins = new Map<string, number>();
    const fastest = ofHost.flatMap(({row}) => row.cells.flatMap(cell => (cell?.fastest ? [shortName(cell.technique)] : [])));
    for (const name of fastest) wins.set(name, (wins.get(name) ?? 0) + 1);
    const most = Math.max(0, ...wins.values());
    return [host, [...wins].filter(([, count]) => count === most).map(([name]) => name)];
  }));
}

function leaderChanges(before: Places, after: Places): LeaderChange[] {
  const now = leaders(after);
  return [...leaders(before)].map(([host, old]) => ({host, before: old, after: now.get(host)!}))
    .filter(({before: old, after: led}) => led.some(name => !old.includes(name)));
}

export function sensitivity(run: RunResult, factor: number): Sensitivity {
  const before = places(run);
  const moved = (name: string, by: number): Move => {
    const after = places(recostRun(run, event => (event.name === name ? Math.round(event.unitCost * by) : event.unitCost)));
    return {mean: meanSlowdown(after), winners: winnerChanges(before, after), leaders: leaderChanges(before, after)};
  };
  const events = Map.groupBy(run.cells.flatMap(cell => cell.events.filter(({unitCost}) => unitCost > 0)), ({name}) => name);
  const costs = [...events].map(([name, all]): CostSensitivity => ({
    name, grade: GRADES[Math.max(...all.filter(({grade}) => grade !== 'measured').map(({grade}) => GRADES.indexOf(grade)), 0)], cells: all.length,
    down: moved(name, 1 / factor), up: moved(name, factor),
  }));
  const swing = ({down, up}: CostSensitivity): number => Math.abs(Math.log(up.mean / down.mean));
  return {
    factor, mean: meanSlowdown(before), rows: before.length,
    estimates: run.cells.filter(cell => cell.outcome === 'completed' && isEstimate(cell)).length,
    costs: costs.toSorted((x, y) => swing(y) - swing(x) || (x.name < y.name ? -1 : 1)),
  };
}
