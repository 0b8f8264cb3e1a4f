// Ctrl-C and its relatives while a run goes on without the live view: the first asks for an early end with partial
// results kept, a later one ends the process at once. One key stroke may arrive twice, from the terminal and handed on by the
// launcher.
import {EXIT_CODES} from '../lab/exit-codes.ts';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds within which signals count as one. */
const ONE_STROKE = 300;

/** Registers `interrupt` for the first signal; the function returned takes the handlers away. */
export type Signals = (interrupt: () => void) => () => void;

export const processSignals: Signals = interrupt => {
  let first: number | null = null;
  const handle = (): void => {
    const now = performance.now();
    if (first !== null && now - first > ONE_STROKE) process.exit(EXIT_CODES.interrupted);
    if (first !== null) return;
    first = now;
    interrupt();
  };
  for (const signal of ENDING) process.on(signal, handle);
  return () => { for (const signal of ENDING) process.off(signal, handle); };
};
