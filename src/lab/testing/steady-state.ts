// Crossings of one operation in the steady state: (count at 1,000 operations - count at 100) / 900, exactly.
import type {CellResult} from '../result.ts';

const MANY = 1000, FEW = 100;

/** @param run the cell with so many operations; crossings that `named` calls null are left out */
export function steadyState(run: (operations: number) => CellResult, named: (edge: CellResult['switches'][number]) => string | null): Record<string, number> {
  const sums = new Map<string, number>();
  const add = ({switches}: CellResult, sign: number): void => {
    for (const edge of switches) {
      const name = named(edge);
      if (name !== null) sums.set(name, (sums.get(name) ?? 0) + sign * edge.count);
    }
  };
  add(run(MANY), 1);
  add(run(FEW), -1);
  return Object.fromEntries([...sums].filter(([, count]) => count !== 0).map(([name, count]) => [name, count / (MANY - FEW)]));
}
