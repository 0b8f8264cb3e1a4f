// World switches: the only place outside the processor that crosses contexts and counts it. A strategy says that control
// leaves; the switch is charged and counted here, whatever the technique.
import type {Cpu} from '../cpu/state.ts';
import {costNumber, type CostName} from '../host/costs.ts';
import type {Context, Kind} from '../ledger/context.ts';
import type {Transition, Transitions} from '../ledger/transitions.ts';

/** A crossing that has happened; its detail may still become known. */
interface Pending {
  from: Context;
  kind: Kind;
  reason: string;
  detail: string;
  /** When it happened, where someone asks. */
  at: number | undefined;
  open: boolean;
}

/** A VMM is a context of its own, or no more than a process of a host. */
export type Home = 'vmm' | 'host-user';

interface WorldParts {
  readonly tagged: boolean;
  readonly flush: () => void;
  readonly home: Home;
}

export class World {
  /** The VMM lives in the guest's address space, so that entering the guest replaces none. */
  resident = false;
  /** Where the VMM's own code runs. */
  readonly home: Home;
  /** The ring the guest believes to be in. */
  guestRing: () => number = () => this.#cpu.cpl;
  readonly #cpu: Cpu;
  readonly #transitions: Transitions;
  /** Without address-space tags a switch of worlds empties the TLB. */
  readonly #tagged: boolean;
  readonly #flush: () => void;
  readonly #pending: Pending = {from: 'guest-kernel', kind: 'exit', reason: '', detail: '', at: undefined, open: false};
  /** Exits out of the guest and entries into it, as counted here; the processor keeps its own tally. */
  exits = 0;
  entries = 0;

  constructor(cpu: Cpu, {tagged, flush, home}: WorldParts) {
    this.home = home;
    this.#cpu = cpu;
    this.#transitions = cpu.transitions;
    this.#tagged = tagged;
    this.#flush = flush;
  }

  /** Where the guest is, by its (virtual) privilege. */
  guestContext(): Context {
    return this.guestRing() === 3 ? 'guest-user' : 'guest-kernel';
  }

  /** The guest was left for the VMM; `describe` may refine the detail before the next crossing. */
  leave(kind: Kind, reason: string, detail: string): void {
    this.#settle();
    Object.assign(this.#pending, {from: this.guestContext(), kind, reason, detail, at: this.#transitions.observer?.now(), open: true});
    this.exits++;
  }

  /** What the exit turned out to be. */
  describe(detail: string): void {
    this.#pending.detail = detail;
  }

  /** The VMM enters the guest. */
  enter(reason: string): void {
    this.#settle();
    this.#cross({from: 'vmm', to: this.guestContext(), kind: 'return', reason, detail: reason});
    this.entries++;
    if (!this.#tagged && !this.resident) this.#flush();
  }

  /** Any other crossing, with what it costs. */
  hop(edge: Transition, cost: CostName): void {
    this.#settle();
    this.#cross(edge);
    this.#cpu.spend(costNumber[cost]);
  }

  #cross(edge: Transition, at?: number): void {
    this.#transitions.cross(this.#transitions.number(edge), at);
  }

  /** Counts the exit whose detail is now final. */
  #settle(): void {
    const {from, kind, reason, detail, at, open} = this.#pending;
    if (!open) return;
    this.#pending.open = false;
    this.#cross({from, to: 'vmm', kind, reason, detail}, at);
  }

  /** To be called when the run ends inside the VMM. */
  finish(): void {
    this.#settle();
  }
}
