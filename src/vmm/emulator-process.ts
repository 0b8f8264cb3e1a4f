// Instruction-set level virtualization: a program of the host, in user mode, that is the guest's whole machine. It runs the
// guest's instructions itself, delivers its interrupts itself and calls its device models as functions, so that nothing
// crosses a ring inside the guest; only what reaches beyond the process is a system call of the host.
import type {ChargeScheme} from '../cpu/charges.ts';
import {run} from '../cpu/run.ts';
import {STOP_HALT} from '../cpu/state.ts';
import {idleUntil, LONGEST_SLEEP, NOTHING_PENDING} from '../machine/bare-metal.ts';
import {deadlock, endingOf, type Ending} from '../machine/outcome.ts';
import {EFLAGS_IF} from '../x86/flags.ts';
import type {Vmm} from './vmm.ts';

export class EmulatorProcess {
  readonly #vmm: Vmm;

  /** @param scheme what the engine charges for an instruction and for what it leads to */
  constructor(vmm: Vmm, scheme: ChargeScheme) {
    this.#vmm = vmm;
    vmm.platform.chargeBy(scheme);
  }

  /** Runs the guest from reset to its end. */
  run(): Ending {
    const {cpu, platform, strategies} = this.#vmm;
    this.#takeProcessor();
    strategies.memory.start();
    for (;;) {
      run(cpu);
      if (cpu.stop !== STOP_HALT) return endingOf(platform);
      if ((cpu.eflags & EFLAGS_IF) === 0) return deadlock(cpu, 'with interrupts disabled: nothing can wake the processor');
      if (!this.#sleep()) return deadlock(cpu, NOTHING_PENDING);
    }
  }

  /** The modelled processor's state is the emulator's picture of one; the interpreter loop of the model does its work. */
  #takeProcessor(): void {
    const {cpu, platform, strategies, ports, deviceSpace, interruptPending} = this.#vmm;
    const {clock, recorder} = platform;
    cpu.crossesRings = false;
    recorder.emulatesAll = true;
    cpu.ports = ports;
    cpu.devices = deviceSpace;
    cpu.intr = interruptPending;
    platform.onNmi = () => {
      cpu.nmi = true;
      cpu.lookUp();
    };
    platform.onInterrupt = level => {
      cpu.intr = level;
      cpu.lookUp();
    };
    cpu.events = {next: () => clock.next(), runDue: now => strategies.architecture.hostInterrupt(() => clock.runDue(now), clock.nextSource())};
  }

  /** Waits in the host kernel from timer to timer until an interrupt is pending; false when none will come. */
  #sleep(): boolean {
    const {cpu, platform, strategies} = this.#vmm;
    const {clock, recorder} = platform;
    recorder.deviceWaits++;
    const latest = clock.now() + LONGEST_SLEEP * clock.hertz;
    while (!cpu.intr && !cpu.nmi) {
      if (clock.next() > latest && clock.visitor?.mayWake !== true) return false;
      strategies.architecture.halt(() => idleUntil(cpu, clock.next()));
      clock.runDue(clock.now());
      cpu.rearm();
    }
    return true;
  }
}
