// A shared ring from the back end's side: requests and responses in the same slots of one page, four free-running indices before them, and
// notifications held back by `req_event` and `rsp_event`. Xen, public/io/ring.h.
import type {GrantedPage} from './back-end-grants.ts';

/** struct sring. */
const REQUEST_PRODUCER = 0, REQUEST_EVENT = 4, RESPONSE_PRODUCER = 8, RESPONSE_EVENT = 12, SLOTS = 64;
const PAGE = 4096;

/** The front end broke the rules of the ring: nothing more is taken from it. */
export class BrokenRing extends Error {}

/** What a back end does over a link, if there is one; a ring that holds what no front end may put there is told to `broken` instead. */
export function whileWhole<Link>(link: Link | null, work: (link: Link) => void, broken: (why: string) => void): void {
  if (link === null) return;
  try {
    work(link);
  } catch (error) {
    if (!(error instanceof BrokenRing)) throw error;
    broken(error.message);
  }
}

export class SharedRing {
  readonly page: GrantedPage;
  readonly size: number;
  readonly #slotBytes: number;
  #taken: number;
  #produced: number;

  /** @param slotBytes the larger of request and response; as many slots as fit, by a power of two */
  constructor(page: GrantedPage, slotBytes: number) {
    this.page = page;
    this.#slotBytes = slotBytes;
    this.size = 2 ** Math.floor(Math.log2((PAGE - SLOTS) / slotBytes));
    // Why not 0: a back end that connects again goes on where the ring stands.
    this.#produced = page.read32(RESPONSE_PRODUCER);
    this.#taken = this.#produced;
  }

  /** Requests that were produced and not taken. RING_REQUEST_PROD_OVERFLOW and RING_HAS_UNCONSUMED_REQUESTS. */
  get pending(): number {
    const produced = this.page.read32(REQUEST_PRODUCER);
    const beyond = (produced - this.#produced) >>> 0;
    if (beyond > this.size) throw new BrokenRing(`the request index is ${beyond} ahead of the responses in a ring of ${this.size}`);
    const pending = (produced - this.#taken) >>> 0;
    if (pending > this.size) throw new BrokenRing('the request index went back');
    return pending;
  }

  /** A copy of the next request, or null. Why a copy: the front end may change it while it is looked at. */
  take(): Uint8Array | null {
    if (this.pending === 0) return null;
    const request = new Uint8Array(this.#slotBytes);
    this.page.read(this.#slot(this.#taken), request);
    this.#taken = (this.#taken + 1) >>> 0;
    return request;
  }

  /** RING_FINAL_CHECK_FOR_REQUESTS: asks for a notification at the next request; true when there is one already. */
  finalCheck(): boolean {
    if (this.pending > 0) return true;
    this.page.write32(REQUEST_EVENT, (this.#taken + 1) >>> 0);
    return this.pending > 0;
  }

  /** Puts a response behind those that wait to be pushed. */
  put(response: Uint8Array): void {
    this.page.write(this.#slot(this.#produced), response);
    this.#produced = (this.#produced + 1) >>> 0;
  }

  /** RING_PUSH_RESPONSES_AND_CHECK_NOTIFY: true when the front end wants to be told. */
  push(): boolean {
    const before = this.page.read32(RESPONSE_PRODUCER);
    const now = this.#produced;
    if (now === before) return false;
    this.page.write32(RESPONSE_PRODUCER, now);
    return ((now - this.page.read32(RESPONSE_EVENT)) >>> 0) < ((now - before) >>> 0);
  }

  #slot(index: number): number {
    return SLOTS + (index & (this.size - 1)) * this.#slotBytes;
  }
}
