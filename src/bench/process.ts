// Runs an outside engine as a process until the workload's report line appears on its output.
import {spawn} from 'node:child_process';
import {accessSync, closeSync, constants, existsSync, openSync, readFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';

/** The line every workload ends with. */
const REPORT = /^[\w-]+: \d+ operations, checksum [\da-f]{8}, (\w+)\r?\n/m;
const POLL_MS = 2;
const LONGEST_MS = 300_000;

/** Full path of a program on PATH, or null. */
export function findProgram(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      continue;
    }
  }
  return null;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** A file to be its standard input. */
  readonly inputFile?: string;
  /** The file its serial port writes, instead of standard output. */
  readonly serialFile?: string;
}

/** Wall-clock milliseconds from the start of the process to the report; the process is then ended. */
export async function untilReport({program, args, inputFile, serialFile}: Command): Promise<number> {
  const {promise, resolve, reject} = Promise.withResolvers<number>();
  const started = performance.now();
  const input = inputFile === undefined ? null : openSync(inputFile, 'r');
  const child = spawn(program, args, {stdio: [input ?? 'ignore', 'pipe', 'pipe']});
  let output = '';
  const failed = (why: string): void => reject(new Error(`${program} ${why}; its last output: ${JSON.stringify(output.slice(-400))}`));
  const timer = setTimeout(() => failed(`printed no report within ${LONGEST_MS / 1000} seconds`), LONGEST_MS);
  const look = (): void => {
    const report = REPORT.exec(output);
    if (report?.[1] === 'ok') resolve(performance.now() - started);
    else if (report) failed('ran the workload wrongly');
  };
  const read = (chunk: Buffer): void => {
    output += chunk.toString('latin1');
    look();
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  const poll = serialFile === undefined ? undefined : setInterval(() => {
    if (existsSync(serialFile)) output = readFileSync(serialFile, 'latin1');
    look();
  }, POLL_MS);
  child.on('error', reject);
  child.on('exit', () => failed('ended without a report'));
  if (input !== null) closeSync(input);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    clearInterval(poll);
    child.kill('SIGKILL');
  }
}
