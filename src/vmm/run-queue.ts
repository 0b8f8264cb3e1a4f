// The host's one processor and who is given it: the VCPU, and the entities beside it (a device-model thread, a back end, a driver domain). Where
// an entity lives is a way of steps from the VMM; going there and back is counted and charged. What the VCPU must wait for is called at once;
// what it need not wait for is posted, and its entity runs when the architecture lets it: as soon as it is woken, or when the VCPU halts or
// has used its slice up. Until then what is posted gathers, and one run of the entity serves it all.
// Simplification: a host's interrupt is served at once, whoever has the processor; only what is posted waits.
import type {Alarm} from '../devices/bus.ts';
import type {CostName} from '../host/costs.ts';
import type {Context, Kind} from '../ledger/context.ts';
import {oneOf, wholeNumber, type OptionValue} from './options.ts';
import type {Vmm} from './vmm.ts';

/** One step of the way to where an entity lives: an edge there and one back, with the same cost each. */
export interface Step {
  readonly from: Context;
  readonly to: Context;
  readonly there: Kind;
  readonly back: Kind;
  readonly reason: string;
  readonly cost: CostName;
}

export interface Entity {
  readonly name: string;
  /** From the VMM; empty for one that lives there. */
  readonly way: readonly Step[];
  /** What it spends on taking up one piece of posted work. */
  readonly takesUp: CostName;
}

/** Work that waits for its entity. */
interface Posted {
  readonly entity: Entity;
  readonly detail: string;
  readonly work: () => void;
}

/** The options of an architecture that decide when a woken entity runs; the slice is that of a VCPU while others wait, in cycles. */
export const WAKE_OPTIONS = {wake: oneOf(['preempt', 'yield']), slice: wholeNumber(10_000, 1_000_000_000, 3_000_000)};

export class RunQueue {
  readonly #vmm: Vmm;
  readonly #yields: boolean;
  readonly #slice: number;
  /** Steps taken from the VMM to where the processor is now. */
  readonly #taken: Step[] = [];
  #waiting: readonly Posted[] = [];
  #sliceEnd: Alarm | null = null;
  /** When the VCPU was last given the processor. */
  #since = 0;
  #vcpuSleeps = false;
  #serving = false;
  #posts = 0;
  #joined = 0;
  #runs = 0;
  #slicesEnded = 0;

  constructor(vmm: Vmm, {wake, slice}: Readonly<Record<'wake' | 'slice', OptionValue>>) {
    this.#vmm = vmm;
    // Why not under the instruction clock: there a device's time is the guest's instructions alone, so that every technique has the same devices.
    this.#yields = wake === 'yield' && vmm.cpu.clockIsCycles;
    this.#slice = Number(slice);
  }

  /** Where the processor is while the guest does not run. */
  get place(): Context {
    return this.#taken.at(-1)?.to ?? 'vmm';
  }

  /** Goes as much of a way as has not been gone, does the work there and comes back. */
  go<T>(way: readonly Step[], detail: string, work: () => T): T {
    const steps = way.slice(this.#taken.length);
    for (const step of steps) this.#enter(step, detail);
    try {
      return work();
    } finally {
      for (const step of steps.toReversed()) this.#leave(step, detail);
    }
  }

  /** Has an entity do what the VCPU waits for; what has been posted to it comes first. */
  call<T>(entity: Entity, detail: string, work: () => T): T {
    return this.go(entity.way, detail, () => {
      this.#serve(entity);
      return work();
    });
  }

  /** Wakes an entity for work that nobody waits for. The same work posted again before it has run is done once. */
  post(entity: Entity, detail: string, work: () => void): void {
    if (!this.#yields || this.#vcpuSleeps || this.#serving || this.#taken.length > 0) return this.go(entity.way, detail, () => this.#takeUp(entity, work));
    this.#posts++;
    if (this.#waiting.length > 0) this.#joined++;
    if (this.#waiting.some(posted => posted.entity === entity && posted.work === work)) return;
    this.#waiting = [...this.#waiting, {entity, detail, work}];
    this.#sliceEnd ??= this.#endSlice();
  }

  /** The VCPU gives the processor up: who waits runs, then `sleep` idles until an interrupt is pending. */
  halt(way: readonly Step[], sleep: () => void): void {
    this.go(way, 'halt', () => {
      this.#runWaiting();
      this.#vcpuSleeps = true;
      sleep();
      this.#vcpuSleeps = false;
      this.#since = this.#vmm.platform.clock.now();
    });
  }

  statistics(): Readonly<Record<string, number>> {
    if (!this.#yields) return {};
    return {'posts to entities': this.#posts, 'posts beside a waiting one': this.#joined, 'runs of woken entities': this.#runs, 'slices ended': this.#slicesEnded};
  }

  /** The end of the VCPU's present slice; slices follow each other from when it was given the processor. */
  #endSlice(): Alarm {
    const {clock} = this.#vmm.platform;
    const used = (clock.now() - this.#since) % this.#slice;
    return clock.schedule(clock.now() + this.#slice - used, () => {
      this.#slicesEnded++;
      this.#runWaiting();
    }, 'slice');
  }

  #runWaiting(): void {
    for (let next = this.#waiting.at(0); next; next = this.#waiting.at(0)) this.call(next.entity, next.detail, () => {});
    this.#since = this.#vmm.platform.clock.now();
  }

  /** Everything that waits for an entity which has the processor, in the order it was posted. */
  #serve(entity: Entity): void {
    const mine = this.#waiting.filter(posted => posted.entity === entity);
    if (mine.length === 0) return;
    this.#waiting = this.#waiting.filter(posted => posted.entity !== entity);
    if (this.#waiting.length === 0) this.#dropSliceEnd();
    this.#runs++;
    this.#serving = true;
    for (const {work} of mine) this.#takeUp(entity, work);
    this.#serving = false;
  }

  #dropSliceEnd(): void {
    this.#sliceEnd?.cancel();
    this.#sliceEnd = null;
  }

  #takeUp({takesUp}: Entity, work: () => void): void {
    this.#vmm.charge(takesUp);
    work();
  }

  #enter(step: Step, detail: string): void {
    const {from, to, there, reason, cost} = step;
    this.#vmm.world.hop({from, to, kind: there, reason, detail}, cost);
    this.#taken.push(step);
  }

  #leave({from, to, back, reason, cost}: Step, detail: string): void {
    this.#taken.pop();
    this.#vmm.world.hop({from: to, to: from, kind: back, reason, detail}, cost);
  }
}
