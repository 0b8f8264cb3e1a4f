// A 16550A serial port, COM1 at 0x3F8 unless told otherwise. National Semiconductor PC16550D datasheet, 8 "Registers".
//
// Simplification: transmission is instantaneous, so the transmitter is always empty; its interrupt still comes and goes
// as if the byte had left at once. Divisor and line format are kept but change nothing; breaks are not modelled.
import type {ConsoleSink, Line, PortDevice} from '../bus.ts';
import {byteWide} from '../byte-wide.ts';
import {Modem} from './modem.ts';
import {Receiver} from './receiver.ts';
import {
  DATA, IER, IER_LINE_STATUS, IER_MODEM_STATUS, IER_RECEIVED, IER_TRANSMITTER, IIR_FCR, IIR_FIFOS, IIR_LINE_STATUS,
  IIR_MODEM_STATUS, IIR_NONE, IIR_TRANSMITTER, LCR, LCR_DLAB, LSR, LSR_DATA_READY, LSR_OVERRUN, LSR_TEMT, LSR_THRE, MCR,
  MSR, SCR,
} from './registers.ts';

export const COM1 = 0x3f8;
const IER_WRITABLE = 0x0f;

export interface UartOptions {
  readonly console: ConsoleSink;
  /** IRQ 4 for COM1. */
  readonly interrupt: Line;
  /** First of eight ports; COM1 by default. */
  readonly base?: number;
}

export class Uart16550 {
  readonly device: PortDevice;
  readonly #console: ConsoleSink;
  readonly #interrupt: Line;
  readonly #receiver = new Receiver();
  readonly #modem = new Modem();
  /** IER, LCR, SCR and the two bytes of the divisor hold what was written. */
  #ier = 0;
  #lcr = 0;
  #scratch = 0;
  readonly #divisor = new Uint8Array(2);
  /** The transmitter became empty and nobody has been told yet. */
  #transmitterPending = false;
  #asking = false;

  constructor({console, interrupt, base = COM1}: UartOptions) {
    this.#console = console;
    this.#interrupt = interrupt;
    this.device = byteWide({
      ports: [[base, base + 7]],
      read: port => this.#read(port - base),
      write: (port, value) => this.#write(port - base, value),
    });
  }

  /** Bytes that `receive` can take before one is lost. */
  get room(): number {
    return this.#receiver.room;
  }

  /** A byte arrives from the terminal; it is lost, with LSR_OVERRUN set, when there is no room. Loopback ignores it. */
  receive(byte: number): void {
    if (this.#modem.isLooped) return;
    this.#receiver.push(byte);
    this.#update();
  }

  get #isDivisorLatched(): boolean {
    return (this.#lcr & LCR_DLAB) !== 0;
  }

  #read(register: number): number {
    if (register <= IER && this.#isDivisorLatched) return this.#divisor[register];
    const value = this.#readAndClear(register);
    this.#update();
    return value;
  }

  #readAndClear(register: number): number {
    switch (register) {
      case DATA:
        return this.#receiver.take();
      case IER:
        return this.#ier;
      case IIR_FCR:
        return this.#takeIdentification();
      case LCR:
        return this.#lcr;
      case MCR:
        return this.#modem.control;
      case LSR:
        return this.#takeLineStatus();
      case MSR:
        return this.#modem.takeStatus();
      default:
        return this.#scratch;
    }
  }

  #write(register: number, value: number): void {
    if (register <= IER && this.#isDivisorLatched) this.#divisor[register] = value;
    else if (register === DATA) this.#transmit(value);
    else if (register === IER) this.#enable(value & IER_WRITABLE);
    else if (register === IIR_FCR) this.#receiver.configure(value);
    else if (register === LCR) this.#lcr = value;
    else if (register === MCR) this.#modem.control = value;
    else if (register === SCR) this.#scratch = value;
    this.#update();
  }

  /** The interrupt goes away while the byte is in the register and comes back when it has left. */
  #transmit(byte: number): void {
    this.#transmitterPending = false;
    this.#update();
    if (this.#modem.isLooped) this.#receiver.push(byte);
    else this.#console(byte);
    this.#transmitterPending = true;
  }

  /** Enabling the transmitter's interrupt while it is empty raises it. */
  #enable(ier: number): void {
    if ((ier & ~this.#ier & IER_TRANSMITTER) !== 0) this.#transmitterPending = true;
    this.#ier = ier;
  }

  #takeLineStatus(): number {
    const overrun = this.#receiver.overrun ? LSR_OVERRUN : 0;
    this.#receiver.overrun = false;
    return LSR_THRE | LSR_TEMT | overrun | (this.#receiver.isReady ? LSR_DATA_READY : 0);
  }

  /** Reading IIR clears the transmitter's cause, if that is what it names. */
  #takeIdentification(): number {
    const cause = this.#cause();
    if (cause === IIR_TRANSMITTER) this.#transmitterPending = false;
    return cause | (this.#receiver.hasFifo ? IIR_FIFOS : 0);
  }

  /** The cause of highest priority. PC16550D, table IV "Interrupt Control Functions". */
  #cause(): number {
    const enabled = (bit: number): boolean => (this.#ier & bit) !== 0;
    if (enabled(IER_LINE_STATUS) && this.#receiver.overrun) return IIR_LINE_STATUS;
    if (enabled(IER_RECEIVED) && this.#receiver.cause !== null) return this.#receiver.cause;
    if (enabled(IER_TRANSMITTER) && this.#transmitterPending) return IIR_TRANSMITTER;
    if (enabled(IER_MODEM_STATUS) && this.#modem.hasChanged) return IIR_MODEM_STATUS;
    return IIR_NONE;
  }

  #update(): void {
    const asking = this.#cause() !== IIR_NONE && this.#modem.passesInterrupts;
    if (asking === this.#asking) return;
    this.#asking = asking;
    this.#interrupt(asking);
  }
}
