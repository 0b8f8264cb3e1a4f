// Exit codes of the program, and which of several decides. In a file of its own because every command's signal handling needs it.
import {USAGE_EXIT_CODE} from './usage-error.ts';

export const EXIT_CODES = {
  expected: 0, failed: 1, usage: USAGE_EXIT_CODE, regression: 3, notEquivalent: 4, internal: 70, interrupted: 130,
} as const;

/** Strongest first. */
const PRECEDENCE = [EXIT_CODES.interrupted, EXIT_CODES.usage, EXIT_CODES.notEquivalent, EXIT_CODES.failed];

/** The one that decides among several. */
export function strongest(codes: readonly number[]): number {
  return PRECEDENCE.find(code => codes.includes(code)) ?? codes.find(code => code !== 0) ?? EXIT_CODES.expected;
}
