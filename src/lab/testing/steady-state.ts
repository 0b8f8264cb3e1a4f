// Crossings of one operation in the steady state: (count at 1,000 operations - count at 100) / 900, exactly.
import type {SwitchCount} from '../result.ts';

const MANY = 1000, FEW = 100;

/** @param run crossings of so many operations; those that `named` calls null are left out */
export function steadyState(run: (operations: number) => readonly SwitchCount[], named: (edge: SwitchCount) => string | null): Record<string, number> {
  const sums = new Map<string, number>();
  const add = (switches: readonly SwitchCount[], sign: number): void => {
    for (const edge of switches) {
      const name = named(edge);
      if (name !== null) sums.set(name, (sums.get(name) ?? 0) + sign * edge.count);
    }
  };
  add(run(MANY), 1);
  add(run(FEW), -1);
  return Object.fromEntries([...sums].filter(([, count]) => count !== 0).map(([name, count]) => [name, count / (MANY - FEW)]));
}
