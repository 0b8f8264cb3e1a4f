// The store's ring: two rings of bytes in one page, requests one way, replies and events of watches the other. A message may be longer than
// its ring and then comes in pieces. Xen, public/io/xs_wire.h.
import {MESSAGE, type Asked, type StoreMessages} from './store-messages.ts';

/** struct xenstore_domain_interface: two rings of 1024 bytes, then consumer and producer of each. */
const RING = 1024, REQUESTS = 0, RESPONSES = 1024, REQUEST_CONSUMER = 2048, REQUEST_PRODUCER = 2052, RESPONSE_CONSUMER = 2056, RESPONSE_PRODUCER = 2060;
/** struct xsd_sockmsg: type, request, transaction, length. */
const HEADER = 16;
const LONGEST_PAYLOAD = 4096;

/** The page that both sides write. */
export interface StorePage {
  read(offset: number, into: Uint8Array): void;
  write(offset: number, from: Uint8Array): void;
}

export class StoreRing {
  readonly #page: StorePage;
  readonly #messages: StoreMessages;
  readonly #notify: () => void;
  /** Bytes of a message that is not whole yet. */
  #begun: number[] = [];
  /** Bytes that found no room yet. */
  #waiting: number[] = [];
  #broken = false;
  #serving = false;

  constructor(page: StorePage, messages: StoreMessages, notify: () => void) {
    this.#page = page;
    this.#messages = messages;
    this.#notify = notify;
    messages.onEvent = payload => {
      this.#send(MESSAGE.watchEvent, {request: 0, transaction: 0}, payload);
      if (!this.#serving) this.#notify();
    };
  }

  /** The guest has notified: it has asked something, or made room. */
  serve(): void {
    if (this.#broken) return;
    this.#serving = true;
    this.#flush();
    while (this.#takeBytes()) this.#takeMessages();
    this.#serving = false;
    this.#notify();
  }

  /** What the guest has put there; indices that cannot be are not believed, and nothing more is taken. */
  #takeBytes(): boolean {
    const consumer = this.#word(REQUEST_CONSUMER);
    const count = (this.#word(REQUEST_PRODUCER) - consumer) >>> 0;
    if (count > RING) this.#broken = true;
    if (count === 0 || count > RING) return false;
    for (let at = 0; at < count; at++) this.#begun.push(this.#byte(REQUESTS + ((consumer + at) & (RING - 1))));
    this.#setWord(REQUEST_CONSUMER, (consumer + count) >>> 0);
    return true;
  }

  #takeMessages(): void {
    while (this.#begun.length >= HEADER && !this.#broken) {
      const view = new DataView(Uint8Array.from(this.#begun.slice(0, HEADER)).buffer);
      const [type, request, transaction, length] = [0, 4, 8, 12].map(at => view.getUint32(at, true));
      if (length > LONGEST_PAYLOAD) this.#broken = true;
      if (this.#broken || this.#begun.length < HEADER + length) return;
      const payload = String.fromCharCode(...this.#begun.slice(HEADER, HEADER + length));
      this.#begun = this.#begun.slice(HEADER + length);
      this.#answer({type, transaction, payload}, request);
    }
  }

  #answer(asked: Asked, request: number): void {
    const events: Array<() => void> = [];
    const {onEvent} = this.#messages;
    // Why: who writes learns that it was done before any watch tells of it.
    this.#messages.onEvent = payload => events.push(() => onEvent(payload));
    const reply = this.#messages.answer(asked);
    this.#messages.onEvent = onEvent;
    const {transaction} = asked;
    if ('error' in reply) return this.#send(MESSAGE.error, {request, transaction}, `${reply.error}\0`);
    this.#send(asked.type, {request, transaction}, reply.payload);
    for (const event of events) event();
    this.#messages.watchesBegin(asked);
  }

  #send(type: number, {request, transaction}: {request: number; transaction: number}, payload: string): void {
    const bytes = new Uint8Array(HEADER + payload.length);
    const view = new DataView(bytes.buffer);
    [type, request, transaction, payload.length].forEach((word, at) => view.setUint32(at * 4, word, true));
    bytes.set(Uint8Array.from(payload, character => character.charCodeAt(0)), HEADER);
    for (const byte of bytes) this.#waiting.push(byte);
    this.#flush();
  }

  #flush(): void {
    const producer = this.#word(RESPONSE_PRODUCER);
    const room = RING - ((producer - this.#word(RESPONSE_CONSUMER)) >>> 0);
    const count = Math.max(0, Math.min(room, this.#waiting.length));
    for (let at = 0; at < count; at++) this.#page.write(RESPONSES + ((producer + at) & (RING - 1)), Uint8Array.of(this.#waiting[at]));
    if (count > 0) this.#setWord(RESPONSE_PRODUCER, (producer + count) >>> 0);
    this.#waiting = this.#waiting.slice(count);
  }

  #byte(offset: number): number {
    const byte = new Uint8Array(1);
    this.#page.read(offset, byte);
    return byte[0];
  }
  #word(offset: number): number {
    const bytes = new Uint8Array(4);
    this.#page.read(offset, bytes);
    return new DataView(bytes.buffer).getUint32(0, true);
  }
  #setWord(offset: number, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    this.#page.write(offset, bytes);
  }
}
