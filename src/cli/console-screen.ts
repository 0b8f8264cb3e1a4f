// The terminal during a live console: the guest has all rows but the last, which shows how fast it runs and why it is left. Where
// there is no terminal, what the guest prints goes out as it is and nothing else.
import type {Readable} from 'node:stream';
import type {ConsoleStatus} from '../lab/console-guest.ts';
import {clip, printable} from '../report/printable.ts';
import {ConsoleFilter} from './console-filter.ts';
import type {Output} from './surroundings.ts';

export type TerminalInput = Readable & {readonly isTTY?: boolean; setRawMode?: (on: boolean) => unknown};
export type TerminalOutput = Output & {readonly rows?: number};

const CSI = '\u001B[';
const KEEP_CURSOR = '\u001B7', BACK_TO_CURSOR = '\u001B8';

export interface ConsoleScreen {
  show(bytes: Uint8Array): void;
  status(text: string): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

export function openScreen(stdin: TerminalInput, stdout: TerminalOutput): ConsoleScreen {
  return stdin.isTTY === true && stdout.isTTY === true ? new Terminal(stdin, stdout) : new Pipe(stdout);
}

class Pipe implements ConsoleScreen {
  readonly #stdout: TerminalOutput;

  constructor(stdout: TerminalOutput) {
    this.#stdout = stdout;
  }

  show(bytes: Uint8Array): void {
    this.#stdout.write(bytes);
  }

  status(): void {}

  close(): void {}
}

class Terminal implements ConsoleScreen {
  readonly #stdin: TerminalInput;
  readonly #stdout: TerminalOutput;
  readonly #filter = new ConsoleFilter();
  readonly #resized = (): void => this.#layOut();
  #text = '';

  constructor(stdin: TerminalInput, stdout: TerminalOutput) {
    this.#stdin = stdin;
    this.#stdout = stdout;
    stdin.setRawMode?.(true);
    stdout.on('resize', this.#resized);
    // A line of its own for the status, whatever row the shell had come to.
    stdout.write(`\n${CSI}A`);
    this.#layOut();
  }

  get #rows(): number {
    return this.#stdout.rows ?? 24;
  }

  /** The guest scrolls within the rows above the last. DECSTBM moves the cursor, which is put back. */
  #layOut(): void {
    this.#stdout.write(`${KEEP_CURSOR}${CSI}1;${Math.max(1, this.#rows - 1)}r${BACK_TO_CURSOR}`);
    this.status(this.#text);
  }

  show(bytes: Uint8Array): void {
    this.#stdout.write(this.#filter.pass(bytes));
  }

  status(text: string): void {
    this.#text = text;
    const width = this.#stdout.columns ?? 80;
    this.#stdout.write(`${KEEP_CURSOR}${CSI}${this.#rows};1H${CSI}7m${clip(text, width).padEnd(width)}${CSI}0m${BACK_TO_CURSOR}`);
  }

  close(): void {
    this.#stdout.off('resize', this.#resized);
    this.#stdout.write(`${KEEP_CURSOR}${CSI}${this.#rows};1H${CSI}2K${BACK_TO_CURSOR}${CSI}r${BACK_TO_CURSOR}${CSI}0m\r\n`);
    this.#stdin.setRawMode?.(false);
  }
}

const MOST_REASONS = 4;

function rate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(1)}M`;
  return perSecond >= 1e4 ? `${(perSecond / 1e3).toFixed(0)}k` : String(Math.round(perSecond));
}

/** `12.3M instructions/s, 1020 exits/s: IO_INSTRUCTION out-0x3f8 61%, ... | Ctrl-A x ends`, of the time between two statuses. */
export function statusText(technique: string, before: ConsoleStatus, now: ConsoleStatus, seconds: number): string {
  const earlier = new Map(before.exits);
  const fresh = now.exits.map(([name, count]) => [name, count - (earlier.get(name) ?? 0)] as const).filter(([, count]) => count > 0);
  const exits = fresh.reduce((sum, [, count]) => sum + count, 0);
  const reasons = fresh.toSorted((a, b) => b[1] - a[1]).slice(0, MOST_REASONS).map(([name, count]) => `${name} ${Math.round((100 * count) / exits)}%`);
  const per = (count: number): string => rate(count / seconds);
  const why = reasons.length === 0 ? '' : `: ${reasons.join(', ')}`;
  return printable(` ${technique} | Ctrl-A x ends | ${per(now.instructions - before.instructions)} instructions/s, ${per(exits)} exits/s${why}`);
}
