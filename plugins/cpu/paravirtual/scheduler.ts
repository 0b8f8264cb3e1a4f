// sched_op: the domain gives up the processor until an event, waits for a port, or ends. Xen, public/sched.h.
import {
  costNumber, EINVAL, ENOSYS, SHUTDOWN_CRASH, SHUTDOWN_POWEROFF, SHUTDOWN_REBOOT, SHUTDOWN_SUSPEND, sleepGuest,
} from 'worldswitch';
import type {Domain, Ending, EventChannels} from 'worldswitch';
import type {DomainClock} from './clock.ts';
import type {Handler} from './guest-frames.ts';

const YIELD = 0, BLOCK = 1, SHUTDOWN = 2, POLL = 3;
const MOST_PORTS = 128;
/** Port and values of the debug exit by which a native guest ends: a domain ends as its native build would. */
const EXIT_PORT = 0xf4, EXIT_WELL = 0x10, EXIT_ILL = 0x11;

export class Scheduler {
  readonly #domain: Domain;
  readonly #events: EventChannels;
  readonly #clock: DomainClock;
  /** The guest's event handler. */
  upcall: Handler = {cs: 0, eip: 0, masks: true};
  /** How the domain ended. */
  ending: Ending | null = null;

  constructor(domain: Domain, events: EventChannels, clock: DomainClock) {
    this.#domain = domain;
    this.#events = events;
    this.#clock = clock;
  }

  operate(command: number, argument: number): number {
    const {copy} = this.#domain;
    switch (command) {
      case YIELD: return 0;
      case BLOCK: return this.#block();
      case SHUTDOWN: return this.#shutDown(copy.read32(argument));
      case POLL: return this.#poll(copy.readWords(argument, 4));
      default: return -ENOSYS;
    }
  }

  /** The older call hands the reason over directly. */
  operateOld(command: number, argument: number): number {
    if (command === SHUTDOWN) return this.#shutDown(argument);
    return command === YIELD || command === BLOCK ? this.operate(command, argument) : -ENOSYS;
  }

  /** Events are unmasked and the processor let go until one is pending. */
  #block(): number {
    this.#events.upcallMasked = false;
    this.#sleep(() => this.#events.upcallPending, 'SCHEDOP_block');
    return 0;
  }

  /** struct sched_poll: ports, how many, and until when at most. */
  #poll([list, count, low, high]: Int32Array): number {
    if (count >>> 0 > MOST_PORTS) return -EINVAL;
    const ports = this.#domain.copy.readWords(list, count);
    if (ports.some(port => port >>> 0 >= 1024)) return -EINVAL;
    let timedOut = false;
    const until = (low >>> 0) + high * 2 ** 32;
    const alarm = until > 0 ? this.#clock.alarm(until, () => { timedOut = true; }) : null;
    this.#sleep(() => timedOut || ports.some(port => this.#events.isPending(port)) || (this.#events.upcallPending && !this.#events.upcallMasked), 'SCHEDOP_poll');
    alarm?.cancel();
    return 0;
  }

  #sleep(awake: () => boolean, what: string): void {
    const {vmm} = this.#domain;
    if (awake()) return;
    vmm.cpu.spend(costNumber.halt_emulation);
    const at = `0x${(vmm.cpu.eip >>> 0).toString(16)}`;
    if (!sleepGuest(vmm, awake)) this.ending = {outcome: 'deadlock', reason: `${what} before eip ${at} with nothing pending: no event will ever come`};
  }

  /**
   * Deviation: a domain tells its reason to the tools and has no exit code. Poweroff stands for the code of a native guest that
   * found all well, a crash for one that did not.
   */
  #shutDown(reason: number): number {
    const {platform} = this.#domain.vmm;
    const {ports} = platform.devices;
    if (reason === SHUTDOWN_POWEROFF) ports.write(EXIT_PORT, 1, EXIT_WELL);
    else if (reason === SHUTDOWN_REBOOT) platform.resetPulled = true;
    else if (reason === SHUTDOWN_SUSPEND) this.ending = {outcome: 'error', reason: 'the domain suspended itself: nothing here resumes it'};
    else if (reason === SHUTDOWN_CRASH) ports.write(EXIT_PORT, 1, EXIT_ILL);
    else return -EINVAL;
    return 0;
  }
}
