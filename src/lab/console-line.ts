// The line between a guest's serial port and a terminal on another thread: what is typed waits in shared memory until the guest's
// thread, which never yields, looks for it.

const WRITTEN = 0, READ = 1, CLOSED = 2, HEADER = 3;
const CAPACITY = 4096;

export class ConsoleLine {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  /** @param buffer that of the line's other end; a new line without it */
  constructor(buffer = new SharedArrayBuffer(4 * HEADER + CAPACITY)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, HEADER);
    this.#bytes = new Uint8Array(buffer, 4 * HEADER);
  }

  /** From the terminal. What finds no room is lost, as on a serial line without handshake; the number of bytes taken. */
  type(bytes: Uint8Array): number {
    const written = Atomics.load(this.#words, WRITTEN);
    const room = CAPACITY - (written - Atomics.load(this.#words, READ));
    const taken = bytes.subarray(0, room);
    taken.forEach((byte, at) => { this.#bytes[(written + at) % CAPACITY] = byte; });
    Atomics.store(this.#words, WRITTEN, written + taken.length);
    Atomics.notify(this.#words, WRITTEN);
    return taken.length;
  }

  /** Nothing more will be typed. */
  close(): void {
    Atomics.store(this.#words, CLOSED, 1);
    Atomics.notify(this.#words, WRITTEN);
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) === 1;
  }

  get isTyped(): boolean {
    return Atomics.load(this.#words, WRITTEN) !== Atomics.load(this.#words, READ);
  }

  /** On the guest's side: the next byte, or null. */
  take(): number | null {
    if (!this.isTyped) return null;
    const read = Atomics.load(this.#words, READ);
    const byte = this.#bytes[read % CAPACITY];
    Atomics.store(this.#words, READ, read + 1);
    return byte;
  }

  /** On the guest's side: waits so many milliseconds, or until something is typed. */
  wait(ms: number): void {
    Atomics.wait(this.#words, WRITTEN, Atomics.load(this.#words, READ), ms);
  }
}
