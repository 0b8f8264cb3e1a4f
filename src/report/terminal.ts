// What may be done with the terminal at hand: the live view, or plain text with or without colour. Knows nothing of Ink, so
// that asking costs nothing.
import type {ReadStream, WriteStream} from 'node:tty';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Terminal {
  readonly stdin: Partial<Pick<ReadStream, 'isTTY'>>;
  readonly stdout: Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;
  readonly env: Environment;
}

/** no-color.org: any value but the empty one switches colour off. */
const noColour = (env: Environment): boolean => (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';

/** Any value of CI but the empty one, `0` and `false`. */
const isContinuousIntegration = (env: Environment): boolean => !['', '0', 'false'].includes(env.CI ?? '');

/** Whether the live view can run: it needs keys in, a screen out and somebody who watches. */
export const canShowLive = ({stdin, stdout, env}: Terminal): boolean =>
  stdin.isTTY === true && stdout.isTTY === true && env.TERM !== 'dumb' && !isContinuousIntegration(env);

/** Whether to colour what is written to `stdout`. */
export const wantsColour = ({stdout, env}: Omit<Terminal, 'stdin'>): boolean => stdout.isTTY === true && !noColour(env);

/** Characters in a line: the terminal's, never fewer than 80; a pipe gets 100. */
export const lineWidth = (stdout: Terminal['stdout']): number => Math.max(80, stdout.columns ?? 100);
