// What every virtio device has: features, a status, queues that the driver sets up, a configuration space, and an interrupt. The kind of
// device says what a queue's chains mean; the transport says how the driver reaches all this. OASIS virtio 1.2, chapter 2.
import type {BusMaster} from '../bus.ts';
import type {Messages} from '../pci/function.ts';
import {accepted, EVENT_INDEX, halfOf, INDIRECT_DESCRIPTORS, STATUS_DRIVER_OK, STATUS_FEATURES_OK, STATUS_NEEDS_RESET, VERSION_1, type FeatureSet} from './features.ts';
import {BrokenQueue, SplitQueue, type QueueAreas} from './split-queue.ts';

/** A kind of device: block, network. */
export interface VirtioKind {
  /** Device ID of chapter 5. */
  readonly id: number;
  readonly classCode: number;
  readonly features: readonly number[];
  /** Most entries of each queue. */
  readonly queueSizes: readonly number[];
  /** The device's configuration space. */
  config(): Uint8Array;
  /** Chains are available, or the device has something to give. */
  serve(queue: number, device: VirtioDevice): void;
  /** The driver reset the device: what is under way is forgotten. */
  reset(): void;
}

/** No message for a cause. 4.1.5.1.2 MSI-X Vector Configuration. */
export const NO_VECTOR = 0xffff;
export const QUEUE_INTERRUPT = 1, CONFIGURATION_INTERRUPT = 2;

export class VirtioDevice {
  readonly kind: VirtioKind;
  readonly memory: BusMaster;
  readonly offered: FeatureSet;
  negotiated: FeatureSet = new Set();
  status = 0;
  /** Interrupt status: what has happened since it was read. */
  isr = 0;
  readonly #queues: Array<SplitQueue | null>;
  /** The driver asked for a feature that was not offered. */
  #beyondOffer = false;
  /** Told of a kick; whoever puts the device behind a VMM decides when it is served. */
  onKick: (queue: number) => void = queue => this.serve(queue);
  /** The interrupt pin of the transport. */
  interrupt: (level: boolean) => void = () => {};
  /** MSI-X of the transport, and the vectors the driver gave to changes of configuration and to queues. */
  messages: Messages | null = null;
  readonly vectors: {configuration: number; readonly queues: number[]};
  /** Where the doorbells lie: a port, and a stretch of memory; -1 while they are not decoded. */
  readonly doorbells = {port: -1, memory: -1, bytes: 0};
  /** Kicks and interrupts so far. */
  kicks = 0;
  interrupts = 0;

  constructor(kind: VirtioKind, memory: BusMaster) {
    this.kind = kind;
    this.memory = memory;
    this.offered = new Set([...kind.features, INDIRECT_DESCRIPTORS, EVENT_INDEX, VERSION_1]);
    this.#queues = kind.queueSizes.map(() => null);
    this.vectors = {configuration: NO_VECTOR, queues: kind.queueSizes.map(() => NO_VECTOR)};
  }

  /** Whether a write to a physical address rings a doorbell. */
  ringsAt(address: number): boolean {
    const {memory, bytes} = this.doorbells;
    return memory >= 0 && address >= memory && address < memory + bytes;
  }

  queue(index: number): SplitQueue | null {
    return this.#queues[index] ?? null;
  }

  get running(): boolean {
    return (this.status & STATUS_DRIVER_OK) !== 0 && (this.status & STATUS_NEEDS_RESET) === 0;
  }

  /** 2.2: the driver's choice; FEATURES_OK stays only if it is a subset of what was offered. */
  negotiate(halves: readonly [low: number, high: number]): void {
    this.negotiated = accepted(this.offered, halves);
    this.#beyondOffer = halves.some((bits, half) => (bits & ~halfOf(this.offered, half)) !== 0);
  }

  /** A driver's choice of a vector: one that does not exist becomes none, which tells the driver. */
  vectorFor(vector: number): number {
    return vector <= this.kind.queueSizes.length ? vector : NO_VECTOR;
  }

  setUpQueue(index: number, areas: QueueAreas): void {
    if (index >= this.#queues.length) return;
    this.#queues[index] = new SplitQueue(areas, this.memory, {
      eventIndex: this.negotiated.has(EVENT_INDEX), indirect: this.negotiated.has(INDIRECT_DESCRIPTORS),
    });
  }

  dropQueue(index: number): void {
    if (index < this.#queues.length) this.#queues[index] = null;
  }

  writeStatus(status: number): void {
    if (status === 0) return this.#reset();
    const allowed = this.#beyondOffer ? status & ~STATUS_FEATURES_OK : status;
    this.status = allowed | (this.status & STATUS_NEEDS_RESET);
  }

  kick(queue: number): void {
    if (!this.running || this.#queues[queue] === null || this.#queues[queue] === undefined) return;
    this.kicks++;
    this.onKick(queue);
  }

  /** Serves a queue now. A driver that broke its rules finds the device in need of a reset; the host goes on. */
  serve(queue: number): void {
    this.guarded(() => this.kind.serve(queue, this));
  }

  guarded(work: () => void): void {
    if (!this.running) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof BrokenQueue)) throw error;
      this.status |= STATUS_NEEDS_RESET;
      this.raise(CONFIGURATION_INTERRUPT);
    }
  }

  /** Interrupts for a queue unless the driver asked not to be. */
  signal(queue: SplitQueue): void {
    if (queue.wantsInterrupt()) this.raise(QUEUE_INTERRUPT, this.vectors.queues[this.#queues.indexOf(queue)]);
  }

  /** Interrupts by the pin, or by the message of a vector. */
  raise(cause: number, vector = this.vectors.configuration): void {
    this.interrupts++;
    this.isr |= cause;
    if (this.messages?.enabled) this.messages.send(vector);
    else this.interrupt(true);
  }

  /** Reading the interrupt status clears it and lets the pin go. */
  takeIsr(): number {
    const {isr} = this;
    this.isr = 0;
    this.interrupt(false);
    return isr;
  }

  #reset(): void {
    this.status = 0;
    this.isr = 0;
    this.negotiated = new Set();
    this.#queues.fill(null);
    this.vectors.configuration = NO_VECTOR;
    this.vectors.queues.fill(NO_VECTOR);
    this.kind.reset();
    this.interrupt(false);
  }
}
