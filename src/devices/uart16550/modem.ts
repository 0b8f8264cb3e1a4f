// The modem side of the 16550A: a terminal that is always there, or in loopback the chip's own outputs. National
// Semiconductor PC16550D datasheet, 8.7 "Modem Control Register" and 8.8 "Modem Status Register".
import {
  MCR_DTR, MCR_LOOPBACK, MCR_OUT1, MCR_OUT2, MCR_RTS, MSR_CTS, MSR_DCD, MSR_DELTAS, MSR_DSR, MSR_RI, MSR_TERI,
} from './registers.ts';

const WRITABLE = 0x1f;
const TERMINAL = MSR_CTS | MSR_DSR | MSR_DCD;

/** In loopback, which output feeds which input. */
const LOOPED: ReadonlyArray<readonly [output: number, input: number]> = [
  [MCR_RTS, MSR_CTS],
  [MCR_DTR, MSR_DSR],
  [MCR_OUT1, MSR_RI],
  [MCR_OUT2, MSR_DCD],
];

export class Modem {
  #control = 0;
  #inputs = TERMINAL;
  #deltas = 0;

  get control(): number {
    return this.#control;
  }

  set control(value: number) {
    this.#control = value & WRITABLE;
    const inputs = this.isLooped ? this.#loopedInputs() : TERMINAL;
    const changed = ((inputs ^ this.#inputs) >>> 4) & ~MSR_TERI;
    const ringEnded = (this.#inputs & ~inputs & MSR_RI) !== 0;
    this.#deltas |= changed | (ringEnded ? MSR_TERI : 0);
    this.#inputs = inputs;
  }

  get isLooped(): boolean {
    return (this.#control & MCR_LOOPBACK) !== 0;
  }

  /** A PC routes the interrupt through OUT2, which loopback holds inactive. */
  get passesInterrupts(): boolean {
    return (this.#control & (MCR_OUT2 | MCR_LOOPBACK)) === MCR_OUT2;
  }

  get hasChanged(): boolean {
    return (this.#deltas & MSR_DELTAS) !== 0;
  }

  /** Reads MSR, which forgets the deltas. */
  takeStatus(): number {
    const status = this.#inputs | this.#deltas;
    this.#deltas = 0;
    return status;
  }

  #loopedInputs(): number {
    return LOOPED.reduce((inputs, [output, input]) => ((this.#control & output) === 0 ? inputs : inputs | input), 0);
  }
}
