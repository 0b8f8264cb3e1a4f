// Paravirtualization by Xen's public ABI: the guest's kernel, changed to know, runs in ring 1 and asks for what it may not do. What
// traps is bounced to its handlers; events come when its own mask in shared memory lets them. Barham et al., SOSP 2003.
import {defineCpuStrategy, enterNonRoot, oneOf, options, STOP_EXIT} from 'worldswitch';
import type {CpuStrategy, Ending, Vmm} from 'worldswitch';
import {assemble, startProcessor, type Parts} from './parts.ts';
import {Traps} from './traps.ts';

class Paravirtual implements CpuStrategy {
  readonly #vmm: Vmm;
  /** How INT 0x80 comes to the guest: past Xen, through a handler of Xen's for it alone, or through #GP like any other. */
  readonly #gate: string;
  #parts!: Parts;
  #traps!: Traps;
  #upcalls = 0;

  constructor(vmm: Vmm, gate: string) {
    this.#vmm = vmm;
    this.#gate = gate;
  }

  run(): Ending {
    this.#parts = assemble(this.#vmm, this.#gate === 'direct');
    this.#traps = new Traps(this.#parts, this.#gate === 'handler');
    startProcessor(this.#parts);
    for (;;) {
      const ending = this.#once();
      if (ending) return ending;
    }
  }

  statistics(): Readonly<Record<string, number>> {
    const {hypercalls, bounces} = this.#traps;
    const calls = [...hypercalls].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => [`hypercall ${name}`, count] as const);
    return {...Object.fromEntries(calls), bounces, 'event upcalls': this.#upcalls};
  }

  /** Hands over what is pending, lets the guest run until it traps, and sees to the trap. */
  #once(): Ending | null {
    const vmm = this.#vmm;
    const lost = this.#prepare();
    if (lost) {
      vmm.world.finish();
      return lost;
    }
    vmm.charge('iret');
    vmm.world.enter('iret');
    enterNonRoot(vmm.cpu, null);
    if (vmm.cpu.stop !== STOP_EXIT) return vmm.endingWithoutExit();
    this.#traps.handle();
    const ending = this.#parts.scheduler.ending ?? vmm.ended() ?? this.#crashed();
    if (ending) vmm.world.finish();
    return ending;
  }

  #prepare(): Ending | null {
    const {events, frames, scheduler, tables, domain} = this.#parts;
    if (tables.changed) {
      tables.changed = false;
      frames.reload();
    }
    const due = events.upcallPending && !events.upcallMasked && scheduler.upcall.eip !== 0;
    // Why: behind a load of SS the next instruction loads ESP; no event may come between them.
    this.#vmm.cpu.controls.interruptWindow = due && this.#vmm.cpu.shadow;
    if (due && !this.#vmm.cpu.shadow) {
      this.#upcalls++;
      this.#vmm.charge('event_upcall');
      frames.enter(scheduler.upcall);
      const {cpu, platform} = this.#vmm;
      cpu.interruptsTaken++;
      platform.recorder.interruptTaken(0);
    }
    return domain.crashed === '' ? null : this.#crashed();
  }

  #crashed(): Ending | null {
    const {crashed} = this.#parts.domain;
    return crashed === '' ? null : {outcome: 'triple-fault', reason: `the domain crashed: ${crashed}`};
  }
}

export default defineCpuStrategy({
  apiVersion: 1,
  kind: 'cpu',
  name: 'paravirtual',
  title: 'paravirtualization (Xen ABI)',
  needs: {memory: ['direct-paging'], guest: 'paravirtual'},
  options: options({gate: oneOf(['direct', 'handler', 'fault'])}),
  create: (vmm, {gate}) => new Paravirtual(vmm, gate as string),
});
