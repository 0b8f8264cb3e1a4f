// Entering non-root operation, with an event injected on the way. Intel SDM vol. 3C, chapter 26 VM Entries and 26.6 Event
// Injection.
import {deliver, deliverFault} from './deliver.ts';
import {failedEntry} from './entry-checks/index.ts';
import {EVENT_HARDWARE_EXCEPTION, isSoftwareEvent, type GuestEvent} from './exit-record.ts';
import {run} from './run.ts';
import {EXIT, FAULT, REFUSAL} from './signal.ts';
import {RUNNING, STOP_EXIT, STOP_HALT, STOP_REFUSED, STOP_TRIPLE_FAULT, type Cpu} from './state.ts';
import {evaluate} from './virtual-apic/page.ts';
import {EFLAGS_IF, EFLAGS_RF} from '../x86/flags.ts';
import {EXIT_REASONS} from '../x86/exit-reasons.ts';

/** Runs the guest in non-root operation until it leaves; `cpu.exit` and `cpu.stop` tell why. */
export function enterNonRoot(c: Cpu, event: GuestEvent | null): void {
  c.nonRoot = true;
  c.entriesMade++;
  c.stop = RUNNING;
  if (c.controls.ringCompression || !failedEntry(c, event)) execute(c, event);
  c.nonRoot = false;
  if (c.stop === STOP_TRIPLE_FAULT) {
    c.exit.clear();
    c.exit.reason = EXIT_REASONS.TRIPLE_FAULT;
  }
  if (c.stop === STOP_EXIT || c.stop === STOP_TRIPLE_FAULT) c.exitsTaken++;
}

function execute(c: Cpu, event: GuestEvent | null): void {
  if (event !== null) {
    c.halted = false;
    inject(c, event);
  }
  c.virtualInterrupt = false;
  if (c.controls.virtualInterrupts) evaluate(c);
  for (;;) {
    if (wakesItself(c)) c.halted = false;
    if (c.stop === RUNNING && !c.halted) run(c);
    if (c.stop === STOP_HALT) c.halted = true;
    if (!c.halted) return;
    if (!wakesItself(c)) sleep(c);
    if (c.stop === STOP_EXIT || !wakesItself(c)) return;
    c.stop = RUNNING;
  }
}

/** A virtual interrupt ends HLT without an exit. Intel SDM vol. 3C, 29.2.2. */
const wakesItself = (c: Cpu): boolean => c.virtualInterrupt && (c.eflags & EFLAGS_IF) !== 0;

/**
 * HLT without an exit: the processor stays in non-root operation, asleep, until a host interrupt takes it out. Nothing wakes a
 * guest that has interrupts disabled, or when no event will ever come; it stays in HLT then. Intel SDM vol. 3C, 24.4.2, 25.2.
 */
function sleep(c: Cpu): void {
  c.stop = STOP_HALT;
  if ((c.eflags & EFLAGS_IF) === 0) return;
  c.events.runUnattended?.(c.now());
  if (c.virtualInterrupt) return;
  // Why first: a VMM that has something due injects nothing before it (table 6-2), and would be woken for the window without end.
  if (c.controls.externalInterrupt && c.events.next() <= c.now()) return wake(c, EXIT_REASONS.EXTERNAL_INTERRUPT);
  if (c.controls.interruptWindow) return wake(c, EXIT_REASONS.INTERRUPT_WINDOW);
  if (!c.controls.externalInterrupt) return;
  for (let next = c.events.next(); next !== Infinity; next = c.events.next()) {
    idle(c, Math.max(0, next - c.now()));
    c.events.runUnattended?.(c.now());
    if (c.virtualInterrupt) return;
    if (c.events.next() <= next) return wake(c, EXIT_REASONS.EXTERNAL_INTERRUPT);
  }
}

function idle(c: Cpu, ticks: number): void {
  c.meter.idle += ticks;
  c.ticksLeft -= ticks;
}

function wake(c: Cpu, reason: number): void {
  c.exit.clear();
  c.exit.reason = reason;
  c.exit.instructionLength = 0;
  c.stop = STOP_EXIT;
}

/**
 * Why: an injected exception is delivered as it is; the exception bitmap looks only at what goes wrong on the way. CR2 is the
 * VMM's to set before a page fault is injected, so that injecting it again after a fault on the way leaves it right.
 * The instruction behind a software event retires with it, unless its delivery faults: then it will be executed again.
 */
function inject(c: Cpu, event: GuestEvent): void {
  const length = isSoftwareEvent(event.type) ? c.controls.entryInstructionLength : 0;
  c.shadow = false;
  c.eip = (c.eip + length) | 0;
  // Why: RF lasts until the instruction that begins with it is done, and a software event is its instruction's end.
  if (length > 0) c.eflags &= ~EFLAGS_RF;
  try {
    deliver(c, event.vector, event.type, event.errorCode);
    if (length > 0) retire(c);
  } catch (signal) {
    c.eip = (c.eip - length) | 0;
    if (signal === EXIT) leaveWithExit(c);
    else if (signal === REFUSAL) c.stop = STOP_REFUSED;
    else if (signal === FAULT) faultWhileDelivering(c, event);
    else throw signal;
    c.exit.instructionLength = length;
  }
}

function retire(c: Cpu): void {
  c.instructionsLeft--;
  if (!c.clockIsCycles) c.ticksLeft--;
}

function faultWhileDelivering(c: Cpu, event: GuestEvent): void {
  try {
    if (event.type === EVENT_HARDWARE_EXCEPTION) deliverFault(c, event.vector);
    else deliverFault(c);
  } catch (signal) {
    if (signal === REFUSAL) c.stop = STOP_REFUSED;
    else if (signal === EXIT) leaveWithExit(c);
    else throw signal;
  }
  if (c.stop === STOP_EXIT) c.delivering.valid = false;
}

function leaveWithExit(c: Cpu): void {
  c.stop = STOP_EXIT;
  c.delivering.valid = false;
}
