// The processor's local APIC: takes messages, pins and its own timer, and interrupts the processor by priority. What the 8259A pair
// asks for passes through pin LINT0, as long as that is set up as a virtual wire, or the local APIC is off.
// Intel SDM vol. 3A, chapter 10 Advanced Programmable Interrupt Controller.
//
// Simplification: one processor, so that lowest priority is fixed, messages to others vanish, and arbitration has nothing to do;
// there is no system-management mode.
import type {DeviceClock, Line, MemoryDevice, Width} from '../bus.ts';
import {commanded, SELF} from './command.ts';
import {ApicErrors} from './errors.ts';
import {LocalVectors, LVT_WRITABLE} from './local-vectors.ts';
import {isFor, type Identity, type InterruptMessage} from './message.ts';
import {deliverable, processorPriority} from '../../x86/apic/priority.ts';
import {addVector, at, hasVector, highestVector, newPage, NO_VECTOR, removeVector, type RegisterPage} from '../../x86/apic/register-page.ts';
import * as R from '../../x86/apic/registers.ts';
import {ApicTimer, divisorOf} from './timer.ts';

/** Version 1.4 with six entries in the local vector table. */
const VERSION = 0x0005_0014;

export interface LocalApicParts {
  readonly clock: DeviceClock;
  /** The processor's interrupt request. */
  readonly output: Line;
  /** What an external controller gives at an acknowledge. */
  readonly external: () => number;
  readonly nmi: () => void;
  /** INIT: the only processor begins anew. */
  readonly init: () => void;
  /** The service of a level-triggered vector has ended: I/O APICs hear of it. */
  readonly ended: (vector: number) => void;
}

export class LocalApic implements MemoryDevice {
  #page: RegisterPage = newPage();
  readonly #parts: LocalApicParts;
  readonly #local: LocalVectors;
  readonly #errors: ApicErrors;
  readonly timer: ApicTimer;
  /** Off by IA32_APIC_BASE: the external controller's pin is the processor's. */
  #present = true;
  #pin = false;
  /** A message said that an external controller asks. */
  #externalMessage = false;
  #driven = false;

  constructor(parts: LocalApicParts) {
    this.#parts = parts;
    this.#local = new LocalVectors(this.#page, {fixed: (vector, level) => this.#request(vector, level), nmi: parts.nmi});
    this.#errors = new ApicErrors(this.#page, () => this.#local.raise(R.LVT_ERROR));
    this.timer = new ApicTimer(parts.clock, () => this.#timerExpired());
    this.reset();
  }

  /** 10.4.7.1 Local APIC State After Power-Up or Reset. */
  reset(): void {
    this.#page.fill(0);
    this.#page[at(R.VERSION)] = VERSION;
    this.#page[at(R.DESTINATION_FORMAT)] = 0xffff_ffff;
    this.#page[at(R.SPURIOUS_VECTOR)] = 0xff;
    this.#externalMessage = false;
    this.#errors.reset();
    this.#local.reset();
    this.timer.reset();
    this.drive();
  }

  get page(): RegisterPage {
    return this.#page;
  }

  /** A virtualizing processor delivers what is in the page by itself: only an external controller asks here. */
  deliveredByProcessor = false;

  /** The registers live in another page from here on: where a virtualizing processor finds them. */
  moveTo(page: RegisterPage, deliveredByProcessor: boolean): void {
    page.set(this.#page);
    this.#page = this.#local.page = this.#errors.page = page;
    this.deliveredByProcessor = deliveredByProcessor;
    this.drive();
  }

  /** Switched on or off by IA32_APIC_BASE; either way its state is that of a reset. */
  switch(present: boolean): void {
    if (present === this.#present) return;
    this.#present = present;
    this.reset();
  }

  /** Switched on by IA32_APIC_BASE and by the spurious-interrupt vector register. */
  get enabled(): boolean {
    return this.#present && (this.#page[at(R.SPURIOUS_VECTOR)] & R.SPURIOUS_ENABLE) !== 0;
  }

  /** LINT0 is the external controller's, LINT1 the board's for non-maskable interrupts. */
  setPin(pin: 0 | 1, asserted: boolean): void {
    if (pin === 0) this.#pin = asserted;
    this.#local.setPin(pin, asserted);
    this.drive();
  }

  /** The highest vector that would interrupt now, or NO_VECTOR. */
  get pending(): number {
    return this.enabled ? deliverable(this.#page) : NO_VECTOR;
  }

  /** An external controller asks, and nothing keeps that from the processor. */
  get external(): boolean {
    return this.#present ? this.#local.external || this.#externalMessage : this.#pin;
  }

  /** Drives the processor's interrupt request; to be called after anything that may change it, as a processor that virtualizes the page may. */
  drive(): void {
    const asking = this.external || (!this.deliveredByProcessor && this.pending !== NO_VECTOR);
    if (asking === this.#driven) return;
    this.#driven = asking;
    this.#parts.output(asking);
  }

  /**
   * The processor takes an interrupt: its own vector goes before an external controller's. With neither, the request has gone:
   * 10.9 Spurious Interrupt.
   */
  acknowledge(): number {
    const vector = this.pending;
    if (vector !== NO_VECTOR) {
      removeVector(this.#page, R.REQUESTS, vector);
      addVector(this.#page, R.IN_SERVICE, vector);
      this.#taken(vector);
      this.drive();
      return vector;
    }
    if (!this.external) return this.#page[at(R.SPURIOUS_VECTOR)] & 0xff;
    this.#externalMessage = false;
    const given = this.#parts.external();
    this.drive();
    return given;
  }

  /** False when the message is not for this processor or cannot be taken. */
  accept(message: InterruptMessage): boolean {
    if (!this.#present || !isFor(message, this.#identity) || (message.mode <= R.LOWEST_PRIORITY && !this.enabled)) return false;
    this.#take(message);
    this.drive();
    return true;
  }

  /** Whether a message is an edge for this processor, and taken: then a posted interrupt can stand for it. */
  isPostable(message: InterruptMessage): boolean {
    return this.#present && this.enabled && !message.level && message.mode <= R.LOWEST_PRIORITY && isFor(message, this.#identity);
  }

  /** 10.8.5: ends the service of the highest vector. */
  endOfInterrupt(): void {
    const vector = highestVector(this.#page, R.IN_SERVICE);
    if (vector === NO_VECTOR) return;
    removeVector(this.#page, R.IN_SERVICE, vector);
    this.serviceEnded(vector);
    this.drive();
  }

  /** Tells those who wait for the end of a level-triggered service. */
  serviceEnded(vector: number): void {
    if (!hasVector(this.#page, R.TRIGGER_MODE, vector)) return;
    this.#local.ended(vector);
    this.#parts.ended(vector);
  }

  /** Why: registers are doublewords 16 bytes apart; a narrower read gets its part of one, and what lies between reads as zeros. */
  readMemory(offset: number, width: Width): number {
    const within = offset & 0xf;
    if (within + width > 4) return 0;
    const value = this.#read(offset & 0xff0);
    return ((value >>> (8 * within)) & (width === 4 ? 0xffff_ffff : (1 << (8 * width)) - 1)) >>> 0;
  }

  /** 10.4.1: writes are doublewords at 16-byte boundaries; others do nothing. */
  writeMemory(offset: number, width: Width, value: number): void {
    if (width !== 4 || (offset & 0xf) !== 0) return;
    this.#write(offset, value);
    this.drive();
  }

  #read(offset: number): number {
    if (offset === R.PROCESSOR_PRIORITY) return processorPriority(this.#page);
    if (offset === R.CURRENT_COUNT) return this.timer.currentCount;
    if (!isRegister(offset)) this.#errors.report(R.ERROR_REGISTER);
    return offset === R.END_OF_INTERRUPT ? 0 : this.#page[at(offset)];
  }

  #write(offset: number, value: number): void {
    const page = this.#page;
    if (LVT_WRITABLE.has(offset)) return this.#writeLocal(offset, value);
    switch (offset) {
      case R.TASK_PRIORITY: page[at(offset)] = value & 0xff; break;
      case R.END_OF_INTERRUPT: this.endOfInterrupt(); break;
      case R.APIC_ID: case R.LOGICAL_DESTINATION: case R.COMMAND_HIGH: page[at(offset)] = value & 0xff00_0000; break;
      case R.DESTINATION_FORMAT: page[at(offset)] = value | 0x0fff_ffff; break;
      case R.SPURIOUS_VECTOR: this.#writeSpurious(value); break;
      case R.ERROR_STATUS: this.#errors.show(); break;
      case R.COMMAND_LOW: this.#command(value); break;
      case R.INITIAL_COUNT: page[at(offset)] = value; this.timer.initialCount = value; break;
      case R.DIVIDE: page[at(offset)] = value & 0xb; this.timer.divisor = divisorOf(value); break;
      default: if (!isRegister(offset)) this.#errors.report(R.ERROR_REGISTER);
    }
  }

  #writeLocal(entry: number, value: number): void {
    this.#local.write(entry, value);
    if (entry === R.LVT_TIMER) this.#setTimer();
  }

  /** 10.4.7.2: disabled by software, all local vectors are masked. */
  #writeSpurious(value: number): void {
    this.#page[at(R.SPURIOUS_VECTOR)] = value & 0x3ff;
    if ((value & R.SPURIOUS_ENABLE) !== 0) return;
    this.#local.maskAll();
    this.#setTimer();
  }

  #setTimer(): void {
    this.timer.settings = {periodic: (this.#page[at(R.LVT_TIMER)] & R.LVT_PERIODIC) !== 0, masked: this.#local.isMasked(R.LVT_TIMER)};
  }

  /** 10.6.1: an interrupt command is sent when its low doubleword is written; whoever is not there does not hear it. */
  #command(value: number): void {
    this.#page[at(R.COMMAND_LOW)] = value & ~(1 << 12);
    const message = commanded(value, this.#page[at(R.COMMAND_HIGH)]);
    if (message === null) return;
    if (message.mode <= R.LOWEST_PRIORITY && message.vector < R.FIRST_LEGAL_VECTOR) this.#errors.report(R.ERROR_SEND_VECTOR);
    else if (message.destination === SELF || isFor(message, this.#identity)) this.#take(message);
  }

  #take({mode, vector, level}: InterruptMessage): void {
    if (mode === R.FIXED || mode === R.LOWEST_PRIORITY) {
      if (this.enabled) this.#request(vector, level);
    } else if (mode === R.EXTINT) this.#externalMessage = true;
    else if (mode === R.NMI) this.#parts.nmi();
    else if (mode === R.INIT) this.#parts.init();
  }

  #request(vector: number, level: boolean): void {
    if (vector < R.FIRST_LEGAL_VECTOR) return this.#errors.report(R.ERROR_RECEIVE_VECTOR);
    addVector(this.#page, R.REQUESTS, vector);
    if (level) addVector(this.#page, R.TRIGGER_MODE, vector);
    else removeVector(this.#page, R.TRIGGER_MODE, vector);
  }

  /** Whether the next expiry would be seen even if this one is not taken before. */
  #timerExpired(): boolean {
    const vector = this.#page[at(R.LVT_TIMER)] & 0xff;
    this.#local.raise(R.LVT_TIMER);
    this.drive();
    return this.deliveredByProcessor || !hasVector(this.#page, R.REQUESTS, vector);
  }

  #taken(vector: number): void {
    if (vector === (this.#page[at(R.LVT_TIMER)] & 0xff)) this.timer.resume();
  }

  get #identity(): Identity {
    const page = this.#page;
    return {id: page[at(R.APIC_ID)] >>> 24, logical: page[at(R.LOGICAL_DESTINATION)] >>> 24, format: page[at(R.DESTINATION_FORMAT)] >>> 28};
  }
}

const REGISTERS: ReadonlySet<number> = new Set([
  R.APIC_ID, R.VERSION, R.TASK_PRIORITY, 0x090, R.PROCESSOR_PRIORITY, R.END_OF_INTERRUPT, 0x0c0, R.LOGICAL_DESTINATION, R.DESTINATION_FORMAT, R.SPURIOUS_VECTOR,
  R.ERROR_STATUS, R.COMMAND_LOW, R.COMMAND_HIGH, ...LVT_WRITABLE.keys(), R.INITIAL_COUNT, R.CURRENT_COUNT, R.DIVIDE,
]);
/** The sets of vectors lie between the spurious-vector and the error status register. */
const isRegister = (offset: number): boolean => REGISTERS.has(offset) || (offset >= R.IN_SERVICE && offset < R.ERROR_STATUS);
