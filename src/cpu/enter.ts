// Entering non-root operation, with an event injected on the way. Intel SDM vol. 3C, chapter 26 VM Entries and 26.6 Event
// Injection.
import {deliver, deliverFault} from './deliver.ts';
import {EVENT_HARDWARE_EXCEPTION, type GuestEvent} from './exit-record.ts';
import {run} from './run.ts';
import {EXIT, FAULT, REFUSAL} from './signal.ts';
import {RUNNING, STOP_EXIT, STOP_REFUSED, STOP_TRIPLE_FAULT, type Cpu} from './state.ts';
import {EXIT_REASONS} from '../x86/exit-reasons.ts';

/** Runs the guest in non-root operation until it leaves; `cpu.exit` and `cpu.stop` tell why. */
export function enterNonRoot(c: Cpu, event: GuestEvent | null): void {
  c.nonRoot = true;
  c.entriesMade++;
  c.stop = RUNNING;
  if (event !== null) inject(c, event);
  if (c.stop === RUNNING) run(c);
  c.nonRoot = false;
  if (c.stop === STOP_TRIPLE_FAULT) {
    c.exit.clear();
    c.exit.reason = EXIT_REASONS.TRIPLE_FAULT;
  }
  if (c.stop === STOP_EXIT || c.stop === STOP_TRIPLE_FAULT) c.exitsTaken++;
}

/**
 * Why: an injected exception is delivered as it is; the exception bitmap looks only at what goes wrong on the way. CR2 is the
 * VMM's to set before a page fault is injected, so that injecting it again after a fault on the way leaves it right.
 */
function inject(c: Cpu, event: GuestEvent): void {
  c.shadow = false;
  try {
    deliver(c, event.vector, event.type, event.errorCode);
  } catch (signal) {
    if (signal === EXIT) leaveWithExit(c);
    else if (signal === REFUSAL) c.stop = STOP_REFUSED;
    else if (signal === FAULT) faultWhileDelivering(c, event);
    else throw signal;
  }
}

function faultWhileDelivering(c: Cpu, event: GuestEvent): void {
  try {
    if (event.type === EVENT_HARDWARE_EXCEPTION) deliverFault(c, event.vector);
    else deliverFault(c);
  } catch (signal) {
    if (signal !== EXIT) throw signal;
    leaveWithExit(c);
  }
  if (c.stop === STOP_EXIT) c.delivering.valid = false;
}

function leaveWithExit(c: Cpu): void {
  c.stop = STOP_EXIT;
  c.exit.instructionLength = 0;
  c.delivering.valid = false;
}
