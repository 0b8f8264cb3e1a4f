// Frames that the guest has sent and the host has not been told of: they wait for a switch to the host that is made anyway, for so many of
// them that one is made for their sake, or for the next tick of the host's timer, whichever comes first. Sugerman, Venkitachalam and Lim,
// USENIX ATC 2001, 3.4 Send Combining.
import type {Alarm, Vmm} from 'worldswitch';

/** Ticks a second of a host of that time, where none are asked for: Linux 2.4, include/asm-i386/param.h. */
const USUAL_TICKS = 100;

interface Waiting {
  readonly hand: () => void;
  readonly since: number;
}

export class WaitingFrames {
  readonly #vmm: Vmm;
  readonly #threshold: number;
  readonly #ticksPerSecond: number;
  #frames: Waiting[] = [];
  #deadline: Alarm | null = null;
  /** Frames that left, those of them on a switch made for their sake, and how many such switches. */
  #sent = 0;
  #forced = 0;
  #switches = 0;
  #longest = 0;

  constructor(vmm: Vmm, {threshold, ticks}: {threshold: number; ticks: number}) {
    this.#vmm = vmm;
    this.#threshold = threshold;
    this.#ticksPerSecond = ticks || USUAL_TICKS;
  }

  get any(): boolean {
    return this.#frames.length > 0;
  }

  /** @returns whether so many wait that the host must be told */
  add(hand: () => void): boolean {
    const {clock} = this.#vmm.platform;
    this.#frames.push({hand, since: clock.now()});
    if (this.#frames.length >= this.#threshold) return true;
    this.#deadline ??= clock.schedule(this.#nextTick(), () => { this.#deadline = null; }, 'host-tick');
    return false;
  }

  /** The host takes all that wait. */
  leave(): void {
    if (!this.any) return;
    const frames = this.#frames, now = this.#vmm.platform.clock.now();
    this.#frames = [];
    this.#deadline?.cancel();
    this.#deadline = null;
    for (const {hand, since} of frames) {
      this.#sent++;
      this.#longest = Math.max(this.#longest, now - since);
      hand();
    }
  }

  /** The same on a switch that was made for their sake. */
  leaveForced(): void {
    this.#switches++;
    this.#forced += this.#frames.length;
    this.leave();
  }

  statistics(): Readonly<Record<string, number>> {
    if (this.#threshold <= 1) return {};
    return {
      'combined frames': this.#sent, 'combined frames on switches to send': this.#forced, 'switches to send': this.#switches, 'longest wait of a frame, ticks': this.#longest,
    };
  }

  /** Why a tick that is modelled only while a frame waits: one that finds nothing to do is left out, unless ticks were asked for. */
  #nextTick(): number {
    const {clock} = this.#vmm.platform;
    const period = clock.hertz / this.#ticksPerSecond;
    return Math.ceil((Math.floor(clock.now() / period) + 1) * period);
  }
}
