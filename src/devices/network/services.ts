// What an Internet host does for whoever sends it datagrams: echo (RFC 862), discard (RFC 863) with a ledger of what was discarded, and a
// generator of as many numbered datagrams as it is asked for. The guest's half is workloads/network/payload.h.

const ECHO = 7, DISCARD = 9, GENERATOR = 19, LEDGER = 1009;
const MOST_BYTES = 1472, MOST_DATAGRAMS = 1024;

/** Word `place` of datagram `number`: the number itself, then words that follow from both. */
const wordOf = (number: number, place: number): number => (place === 0 ? number : Math.imul(number, 0x9e3779b1) + Math.imul(place, 0x85ebca6b)) >>> 0;

/** The words of a payload, the last one cut to what is left. */
function* words(payload: Uint8Array): Generator<number> {
  for (let at = 0; at < payload.length; at += 4) {
    let word = 0;
    for (let byte = 0; byte < 4; byte++) word |= (payload[at + byte] ?? 0) << (8 * byte);
    yield word >>> 0;
  }
}

export class Services {
  #datagrams = 0;
  #bytes = 0;
  #digest = 0;

  /** The payloads that answer one sent to a port. */
  answer(port: number, payload: Uint8Array): readonly Uint8Array[] {
    if (port === ECHO) return [payload];
    if (port === LEDGER) return [this.#close()];
    if (port === GENERATOR) return generated(payload);
    if (port === DISCARD) this.#discard(payload);
    return [];
  }

  #discard(payload: Uint8Array): void {
    this.#datagrams++;
    this.#bytes += payload.length;
    for (const word of words(payload)) this.#digest = (Math.imul(this.#digest, 31) + word) >>> 0;
  }

  /** Tells what has been discarded, and starts anew. */
  #close(): Uint8Array {
    const ledger = new Uint8Array(new Uint32Array([this.#datagrams, this.#bytes, this.#digest]).buffer);
    this.#datagrams = 0;
    this.#bytes = 0;
    this.#digest = 0;
    return ledger;
  }
}

function generated(request: Uint8Array): readonly Uint8Array[] {
  if (request.length < 12) return [];
  const [first, count, bytes] = words(request);
  if (count > MOST_DATAGRAMS || bytes > MOST_BYTES) return [];
  return Array.from({length: count}, (_, at) => numbered((first + at) >>> 0, bytes));
}

function numbered(number: number, bytes: number): Uint8Array {
  const payload = new Uint8Array(Math.ceil(bytes / 4) * 4), view = new DataView(payload.buffer);
  for (let at = 0; at < bytes; at += 4) view.setUint32(at, wordOf(number, at / 4), true);
  return payload.subarray(0, bytes);
}
