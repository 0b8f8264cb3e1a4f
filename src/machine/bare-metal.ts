// Bare metal: the guest owns the machine. The baseline of every comparison; there is no VMM and nothing leaves the guest.
import {run} from '../cpu/run.ts';
import {STOP_HALT, type Cpu} from '../cpu/state.ts';
import {EFLAGS_IF} from '../x86/flags.ts';
import {deadlock, endingOf, type Ending} from './outcome.ts';
import type {Platform} from './platform.ts';

/** Runs the guest to its end. */
export function runBareMetal(platform: Platform): Ending {
  const {cpu} = platform;
  for (;;) {
    run(cpu);
    if (cpu.stop !== STOP_HALT) return endingOf(platform);
    if ((cpu.eflags & EFLAGS_IF) === 0) return deadlock(cpu, 'with interrupts disabled: nothing can wake the processor');
    if (!sleepUntilInterrupt(platform, {pending: () => cpu.intr || cpu.nmi, runDue: work => work()})) return deadlock(cpu, NOTHING_PENDING);
  }
}

export const NOTHING_PENDING = 'with nothing pending: no device will ever interrupt';

/** Longest sleep in modelled seconds: whoever is not woken by then never will be (every timer masked, for one). */
export const LONGEST_SLEEP = 100;

/** How a processor sleeps: what wakes it, and who runs what is due meanwhile. */
export interface Sleep {
  readonly pending: () => boolean;
  readonly runDue: (work: () => void) => void;
}

/** Idles from device event to device event until an interrupt is pending; false when none will come. */
export function sleepUntilInterrupt(platform: Platform, {pending, runDue}: Sleep): boolean {
  const {cpu, clock, recorder} = platform;
  recorder.deviceWaits++;
  const latest = clock.now() + LONGEST_SLEEP * clock.hertz;
  while (!pending()) {
    if (clock.next() > latest && clock.visitor?.mayWake !== true) return false;
    sleepUntil(cpu, clock.next(), runDue);
  }
  return true;
}

/** Idles until a time and runs what is then due. */
function sleepUntil(c: Cpu, time: number, runDue: Sleep['runDue']): void {
  idleUntil(c, time);
  // Why the question: a visitor of the clock shortens a sleep without anything being due.
  if (c.events.next() <= c.now()) runDue(() => c.events.runDue(c.now()));
  c.rearm();
}

/** Lets time pass without work; what is then due has still to be run. */
export function idleUntil(c: Cpu, time: number): void {
  const ticks = Math.max(0, time - c.now());
  c.meter.idle += ticks;
  c.ticksLeft -= ticks;
}
