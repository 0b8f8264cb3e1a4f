// What a command touches outside itself: streams, folder, environment and the parts a test may put in place of ours.
import type {Readable, Writable} from 'node:stream';
import type {Signals} from './signals.ts';

export type Output = Writable & {readonly isTTY?: boolean; readonly columns?: number};

export interface Surroundings {
  readonly cwd: string;
  readonly stdin: Readable & {readonly isTTY?: boolean};
  readonly stdout: Output;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signals: Signals;
  readonly command: readonly string[];
  /** Instead of the running instance's own: built-in plugins, workloads, default configuration, `runCell`. */
  readonly builtIns?: string;
  readonly workloads?: string;
  readonly defaults?: string;
  readonly runner?: string;
}
