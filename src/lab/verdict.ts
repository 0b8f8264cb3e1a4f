// The exit code of a run, as a pure function of its result: what counts as failed, what as not equivalent, and which of
// several findings decides.
import {EXIT_CODES, strongest} from './exit-codes.ts';
import {BARE_METAL} from './technique.ts';
import type {CellResult, RunResult} from './result.ts';

/** The exit code a built-in workload ends with when its own check passed; null for an image, which may end with any. */
export type ExpectedExit = (workload: string) => number | null;

export function exitCodeOf({complete, cells}: RunResult, expected: ExpectedExit): number {
  const natives = new Map(cells.filter(isBareMetal).map(cell => [guestKey(cell), cell]));
  return strongest([
    ...(complete ? [] : [EXIT_CODES.interrupted]),
    ...cells.map(cell => cellCode(cell, natives.get(guestKey(cell)), expected(cell.workload))),
  ]);
}

const isBareMetal = (cell: CellResult): boolean => cell.technique.name === BARE_METAL;
const guestKey = ({workload, params, host}: CellResult): string => JSON.stringify([workload, params, host]);

function cellCode(cell: CellResult, native: CellResult | undefined, expectedExit: number | null): number {
  if (cell.outcome === 'refused') return EXIT_CODES.expected;
  // Why also without a claim: an error is a fault of a plugin or of ours, not a difference the technique is known for.
  if (cell.outcome === 'error') return EXIT_CODES.failed;
  if (!cell.claimsEquivalence && !isBareMetal(cell)) return EXIT_CODES.expected;
  if (cell.equivalence.verdict === 'not-equivalent') return EXIT_CODES.notEquivalent;
  return differs(cell, native) || unexpected(cell, expectedExit) ? EXIT_CODES.failed : EXIT_CODES.expected;
}

function differs(cell: CellResult, native: CellResult | undefined): boolean {
  return native !== undefined && (native.outcome !== cell.outcome || native.exitCode !== cell.exitCode);
}

function unexpected(cell: CellResult, expectedExit: number | null): boolean {
  return cell.outcome !== 'completed' || (expectedExit !== null && cell.exitCode !== expectedExit);
}
