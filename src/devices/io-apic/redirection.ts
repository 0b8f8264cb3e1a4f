// One entry of the redirection table: what a pin's interrupt becomes, and where it goes. Intel 82093AA datasheet (290566), 3.2.4.
import {deliveryMode} from '../../x86/apic/registers.ts';
import type {InterruptMessage} from '../local-apic/message.ts';

const LOGICAL = 1 << 11, REMOTE_IRR = 1 << 14, LEVEL = 1 << 15, MASKED = 1 << 16;
/** Vector, delivery and destination mode, polarity, trigger mode, mask. */
const WRITABLE = 0x1_afff;

/** Simplification: pins carry assertion, so the polarity bit is kept and changes nothing; delivery takes no time, so its status is idle. */
export class Redirection {
  #low = MASKED;
  #high = 0;

  get low(): number {
    return this.#low;
  }

  /** Why: what has not been acknowledged when an entry turns from level to edge never will be. */
  set low(value: number) {
    this.#low = (value & WRITABLE) | (this.#low & REMOTE_IRR);
    if (!this.level) this.#low &= ~REMOTE_IRR;
  }

  get high(): number {
    return this.#high;
  }

  set high(value: number) {
    this.#high = value & 0xff00_0000;
  }

  get masked(): boolean {
    return (this.#low & MASKED) !== 0;
  }

  get level(): boolean {
    return (this.#low & LEVEL) !== 0;
  }

  /** A local APIC has taken the level and has not ended its service. */
  get remoteIrr(): boolean {
    return (this.#low & REMOTE_IRR) !== 0;
  }

  set remoteIrr(set: boolean) {
    this.#low = set ? this.#low | REMOTE_IRR : this.#low & ~REMOTE_IRR;
  }

  get vector(): number {
    return this.#low & 0xff;
  }

  get message(): InterruptMessage {
    const {vector, level} = this;
    return {vector, mode: deliveryMode(this.#low), level, destination: this.#high >>> 24, logical: (this.#low & LOGICAL) !== 0};
  }
}
