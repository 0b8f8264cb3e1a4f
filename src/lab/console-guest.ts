// The guest's side of a live console: one guest under one technique that prints to a terminal and is typed to, at the pace of this
// computer. While it sleeps, modelled time passes as real time does.
import type {Platform} from '../machine/platform.ts';
import type {Catalogue} from './catalogue.ts';
import type {ConsoleLine} from './console-line.ts';
import {runGuest} from './guest-run.ts';
import type {Outcome} from './result.ts';
import type {CellSpec} from './spec.ts';

/** What the status line is made from; totals since the guest began. */
export interface ConsoleStatus {
  readonly instructions: number;
  /** Exits by `REASON detail`, most frequent first. */
  readonly exits: readonly (readonly [name: string, count: number])[];
}

export interface ConsoleEnd extends ConsoleStatus {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly exitCode: number | null;
}

/** What the guest's thread tells the terminal's. */
export type ConsoleNews = {readonly printed: Uint8Array} | {readonly status: ConsoleStatus} | {readonly end: ConsoleEnd} | {readonly problem: string};

/** Visits per modelled second at least; between two of them the guest hears and says nothing. */
const VISITS = 2000;
const STATUS_MS = 250;
const PRINT_MS = 10;
/** Longest real wait in one piece, so that the status goes on. */
const LONGEST_WAIT_MS = 100;

class ConsoleVisitor {
  readonly every: number;
  readonly #platform: Platform;
  readonly #line: ConsoleLine;
  readonly #tell: (news: ConsoleNews) => void;
  #printed = 0;
  #idle = 0;
  /** Real milliseconds by which the guest's sleep has run ahead. */
  #owed = 0;
  #last = performance.now();
  #lastStatus = 0;
  #lastPrint = 0;
  #arriving = false;

  constructor(platform: Platform, line: ConsoleLine, tell: (news: ConsoleNews) => void) {
    this.#platform = platform;
    this.#line = line;
    this.#tell = tell;
    this.every = Math.floor(platform.clock.hertz / VISITS);
    platform.clock.visitor = this;
    platform.cpu.rearm();
  }

  get mayWake(): boolean {
    return !this.#line.isClosed || this.#line.isTyped;
  }

  call(): void {
    this.#keepPace();
    const now = performance.now();
    if (now - this.#lastPrint >= PRINT_MS) this.print(now);
    if (now - this.#lastStatus >= STATUS_MS) {
      this.#lastStatus = now;
      this.#tell({status: statusOf(this.#platform)});
    }
    if (this.#line.isTyped) this.#deliver();
  }

  /** What the guest printed since the last time. */
  print(now: number): void {
    const {console} = this.#platform;
    this.#lastPrint = now;
    if (console.length === this.#printed) return;
    this.#tell({printed: Uint8Array.from(console.slice(this.#printed))});
    this.#printed = console.length;
  }

  /** Slept cycles are waited for, as far as this computer has not used up the time with computing. */
  #keepPace(): void {
    const {meter} = this.#platform.cpu;
    const now = performance.now();
    const slept = ((meter.idle - this.#idle) / this.#platform.clock.hertz) * 1000;
    this.#owed = Math.max(0, this.#owed + slept - (now - this.#last));
    this.#idle = meter.idle;
    this.#last = now;
    // Why: nobody sits at a line that is closed, so nobody needs the pace.
    if (this.#owed < 1 || this.#line.isClosed) return;
    this.print(now);
    this.#line.wait(Math.min(this.#owed, LONGEST_WAIT_MS));
    const waited = performance.now() - now;
    this.#owed = this.#line.isTyped ? 0 : Math.max(0, this.#owed - waited);
    this.#last = now + waited;
  }

  /** A byte arrives as an event of its own, so that a VMM meets the host's interrupt first. */
  #deliver(): void {
    const {devices: {uart}, clock} = this.#platform;
    if (this.#arriving || uart.room === 0) return;
    const byte = this.#line.take();
    if (byte === null) return;
    this.#arriving = true;
    clock.schedule(clock.now(), () => {
      this.#arriving = false;
      uart.receive(byte);
    }, 'network');
  }
}

const MOST_EXITS = 8;

function statusOf({transitions, recorder}: Platform): ConsoleStatus {
  const sums = new Map<string, number>();
  for (const [at, {from, to, reason, detail}] of transitions.list.entries()) {
    if (!from.startsWith('guest') || to.startsWith('guest')) continue;
    const name = detail === '' ? reason : `${reason} ${detail}`;
    sums.set(name, (sums.get(name) ?? 0) + transitions.counts[at]);
  }
  return {instructions: recorder.retired(), exits: [...sums].toSorted((a, b) => b[1] - a[1]).slice(0, MOST_EXITS)};
}

/** Runs the guest to its end. @throws as `runGuest` */
export function runConsole(spec: CellSpec, catalogue: Catalogue, {line, tell}: {line: ConsoleLine; tell: (news: ConsoleNews) => void}): ConsoleEnd {
  let visitor: ConsoleVisitor | null = null;
  const {platform, ending} = runGuest(spec, catalogue, {clock: spec.clock, prepare: made => { visitor = new ConsoleVisitor(made, line, tell); }});
  (visitor as ConsoleVisitor | null)?.print(performance.now());
  return {...statusOf(platform), outcome: ending.outcome, reason: ending.reason, exitCode: platform.exitCode};
}
