// Ctrl-C and its relatives while a run goes on without the live view: the first asks for an early end with partial
// results kept, the second ends the process at once.
import {EXIT_CODES} from '../lab/verdict.ts';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Registers `interrupt` for the first signal; the function returned takes the handlers away. */
export type Signals = (interrupt: () => void) => () => void;

export const processSignals: Signals = interrupt => {
  let seen = false;
  const handle = (): void => {
    if (seen) process.exit(EXIT_CODES.interrupted);
    seen = true;
    interrupt();
  };
  for (const signal of ENDING) process.on(signal, handle);
  return () => { for (const signal of ENDING) process.off(signal, handle); };
};
