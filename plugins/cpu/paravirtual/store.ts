// The store: the other end of the domain's store ring, a tree of texts that belongs to the tools. Enough for a kernel that announces
// itself, reads what it may find, and watches: it answers every request, so that nobody waits for ever. Xen, public/io/xs_wire.h.
import {DOMAIN_ID, hpa, STORE_PORT} from 'worldswitch';
import type {Domain} from 'worldswitch';
import type {EventChannels} from './events.ts';

/** struct xenstore_domain_interface: two rings of 1024 bytes, then consumer and producer of each. */
const RING = 1024, REQUESTS = 0, RESPONSES = 1024, REQUEST_CONSUMER = 2048, REQUEST_PRODUCER = 2052, RESPONSE_CONSUMER = 2056, RESPONSE_PRODUCER = 2060;
/** struct xsd_sockmsg: type, request, transaction, length. */
const HEADER = 16;
const DIRECTORY = 1, READ = 2, GET_PERMISSIONS = 3, WATCH = 4, UNWATCH = 5, TRANSACTION_START = 6, TRANSACTION_END = 7, DOMAIN_PATH = 10, WRITE = 11, MAKE = 12,
  REMOVE = 13, SET_PERMISSIONS = 14, WATCH_EVENT = 15, ERROR = 16;
const HOME = `/local/domain/${DOMAIN_ID}`;

export class Store {
  readonly #domain: Domain;
  readonly #events: EventChannels;
  readonly #values = new Map<string, string>([[`${HOME}/domid`, String(DOMAIN_ID)], [`${HOME}/name`, 'guest'], [`${HOME}/memory/target`, '0']]);
  readonly #watches: Array<readonly [path: string, token: string]> = [];
  /** Bytes that found no room in the ring yet. */
  #waiting: number[] = [];

  constructor(domain: Domain, events: EventChannels) {
    this.#domain = domain;
    this.#events = events;
    events.onNotified.set(STORE_PORT, () => this.#serve());
  }

  /** Takes every whole request; what claims to be longer than the ring is never answered. */
  #serve(): void {
    this.#flush();
    for (;;) {
      const consumer = this.#word(REQUEST_CONSUMER);
      const waiting = (this.#word(REQUEST_PRODUCER) - consumer) >>> 0;
      if (waiting < HEADER || waiting > RING) break;
      const header = this.#take(consumer, HEADER);
      const view = new DataView(header.buffer);
      const length = view.getUint32(12, true);
      if (length > RING - HEADER || waiting < HEADER + length) break;
      const payload = String.fromCharCode(...this.#take(consumer + HEADER, length));
      this.#setWord(REQUEST_CONSUMER, consumer + HEADER + length);
      this.#answer(view, payload);
    }
    this.#events.raisePort(STORE_PORT);
  }

  #answer(header: DataView, payload: string): void {
    const type = header.getUint32(0, true);
    const [path, ...rest] = payload.split('\0');
    const reply = this.#carryOut(type, absolute(path), rest);
    this.#send(reply === null ? ERROR : type, [header.getUint32(4, true), header.getUint32(8, true)], reply ?? 'ENOENT\0');
    if (type === WATCH) this.#send(WATCH_EVENT, [0, 0], `${path}\0${rest[0]}\0`);
    if (type === WRITE || type === REMOVE || type === MAKE) this.#tellWatchers(absolute(path));
  }

  /** What comes back, or null when there is no such thing. */
  #carryOut(type: number, path: string, rest: readonly string[]): string | null {
    switch (type) {
      case READ: return this.#values.get(path) ?? null;
      case WRITE: this.#values.set(path, rest.join('\0')); return OKAY;
      case MAKE: this.#values.set(path, this.#values.get(path) ?? ''); return OKAY;
      case DIRECTORY: return this.#children(path);
      case REMOVE: return this.#remove(path);
      case WATCH: this.#watches.push([path, rest[0] ?? '']); return OKAY;
      case UNWATCH: this.#watches.splice(0, this.#watches.length, ...this.#watches.filter(([watched, token]) => watched !== path || token !== rest[0])); return OKAY;
      case TRANSACTION_START: return '1\0';
      case TRANSACTION_END: case SET_PERMISSIONS: return OKAY;
      case GET_PERMISSIONS: return `b${DOMAIN_ID}\0`;
      case DOMAIN_PATH: return `${HOME}\0`;
      default: return null;
    }
  }

  #remove(path: string): string {
    for (const key of this.#values.keys()) if (key === path || key.startsWith(`${path}/`)) this.#values.delete(key);
    return OKAY;
  }

  #children(path: string): string | null {
    const names = [...this.#values.keys()].filter(key => key.startsWith(`${path}/`)).map(key => key.slice(path.length + 1).split('/', 1)[0]);
    return names.length === 0 && !this.#values.has(path) ? null : [...new Set(names)].map(name => `${name}\0`).join('');
  }

  #tellWatchers(path: string): void {
    for (const [watched, token] of this.#watches) {
      if (path === watched || path.startsWith(`${watched}/`)) this.#send(WATCH_EVENT, [0, 0], `${path}\0${token}\0`);
    }
  }

  #send(type: number, [request, transaction]: readonly [number, number], payload: string): void {
    const bytes = new Uint8Array(HEADER + payload.length);
    const view = new DataView(bytes.buffer);
    [type, request, transaction, payload.length].forEach((word, at) => view.setUint32(at * 4, word, true));
    bytes.set(Uint8Array.from(payload, character => character.charCodeAt(0)), HEADER);
    this.#waiting.push(...bytes);
    this.#flush();
  }

  #flush(): void {
    const producer = this.#word(RESPONSE_PRODUCER);
    const room = RING - ((producer - this.#word(RESPONSE_CONSUMER)) >>> 0);
    const count = Math.max(0, Math.min(room, this.#waiting.length));
    for (let at = 0; at < count; at++) this.#setByte(RESPONSES + ((producer + at) & (RING - 1)), this.#waiting[at]);
    this.#waiting = this.#waiting.slice(count);
    this.#setWord(RESPONSE_PRODUCER, producer + count);
  }

  #take(from: number, length: number): Uint8Array {
    return Uint8Array.from({length}, (_, at) => {
      const index = REQUESTS + ((from + at) & (RING - 1));
      return (this.#word(index & ~3) >>> (8 * (index & 3))) & 0xff;
    });
  }
  #setByte(offset: number, value: number): void {
    const shift = 8 * (offset & 3);
    this.#setWord(offset & ~3, (this.#word(offset & ~3) & ~(0xff << shift)) | (value << shift));
  }
  #word(offset: number): number {
    return this.#domain.vmm.platform.memory.read32(hpa(this.#domain.start.storeFrame * 4096 + offset));
  }
  #setWord(offset: number, value: number): void {
    this.#domain.vmm.platform.memory.write32(hpa(this.#domain.start.storeFrame * 4096 + offset), value);
  }
}

const OKAY = 'OK\0';
/** Paths without a leading slash count from the domain's own. */
const absolute = (path: string): string => (path.startsWith('/') ? path : `${HOME}/${path}`);
