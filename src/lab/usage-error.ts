// The one error of the lab that is the user's to mend: a command line, configuration, plugin or image that is not right.
// It is shown as a sentence, never as a stack trace.

/** Exit status of the command line for usage, configuration, a malformed image or an empty matrix. */
export const USAGE_EXIT_CODE = 2;

/** `message` is one sentence: what is wrong, where, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = USAGE_EXIT_CODE;
}

/** What was thrown, as a sentence. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** `a, b, c`, or `none`. */
export function listed(names: Iterable<string>): string {
  return [...names].join(', ') || 'none';
}
