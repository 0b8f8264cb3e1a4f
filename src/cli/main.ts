// The command line's way in: argv in, exit status out. Errors become sentences here; only our own bugs show a stack.
import type {Surroundings} from './surroundings.ts';

const USAGE = 2;
const INTERNAL = 70;
/** Errors that are the user's to mend, by name: their classes are loaded only by the commands that throw them. */
const SENTENCES = new Set(['UsageError', 'ReportError', 'HostError']);
/** A pipe without a reader, a terminal that was closed. */
const GONE = new Set(['EPIPE', 'EIO']);

/** Never rejects. `--version` loads nothing but the version. */
export async function main(argv: readonly string[], replaced: Partial<Surroundings> = {}): Promise<number> {
  const stderr = replaced.stderr ?? process.stderr;
  try {
    if (argv.length === 1 && argv[0] === '--version') return await version(replaced.stdout ?? process.stdout);
    const surroundings = await processSurroundings(argv, replaced);
    return await (await import('./program.ts')).runProgram(argv, surroundings);
  } catch (error) {
    const {status, text} = explained(error);
    stderr.write(text);
    return status;
  }
}

async function version(stdout: NodeJS.WritableStream): Promise<number> {
  stdout.write(`${(await import('../lab/own-files.ts')).ownVersion()}\n`);
  return 0;
}

async function processSurroundings(argv: readonly string[], replaced: Partial<Surroundings>): Promise<Surroundings> {
  const {processSignals} = await import('./signals.ts');
  if (!replaced.stdout) await ownStandardOutput();
  return {
    cwd: process.cwd(), stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env,
    signals: processSignals, command: ['worldswitch', ...argv], ...replaced,
  };
}

/**
 * Standard output carries results only: what plugins log goes to standard error. A reader that has gone away (`| head`)
 * is no error; the run goes on and writes its reports.
 */
async function ownStandardOutput(): Promise<void> {
  const {Console} = await import('node:console');
  Object.assign(globalThis.console, new Console(process.stderr, process.stderr));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!GONE.has(error.code ?? '')) throw error;
    });
  }
}

function explained(error: unknown): {status: number; text: string} {
  const {name, code, message, stack} = error as {name?: string; code?: string; message?: string; stack?: string};
  if (code?.startsWith('commander.')) return commanderError(code, message ?? '');
  if (name !== undefined && SENTENCES.has(name)) return {status: USAGE, text: `worldswitch: ${message}\n`};
  return {
    status: INTERNAL,
    text: `worldswitch: this is a bug in worldswitch; please report it with the lines below and the command you gave.\n${stack ?? String(error)}\n`,
  };
}

/** Commander speaks in lines that begin with `error:`; here they become one sentence. */
function commanderError(code: string, message: string): {status: number; text: string} {
  if (code === 'commander.helpDisplayed' || code === 'commander.help' || code === 'commander.version') return {status: 0, text: ''};
  const sentence = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ').trim();
  return {status: USAGE, text: `worldswitch: ${sentence}; see 'worldswitch --help'\n`};
}
