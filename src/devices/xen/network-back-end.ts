// The back end of a network device: one ring of frames to send, one of pages to fill with frames that came in. Xen, public/io/netif.h; Linux,
// drivers/net/xen-netback.
import type {NetworkPort} from '../network/wire.ts';
import type {BackEndGrants, CopiedPiece, GrantedPage} from './back-end-grants.ts';
import {whileWhole, type SharedRing} from './shared-ring.ts';
import {takePacket, transmitResponse, type Packet} from './transmit-ring.ts';

/** struct netif_tx_request is 12 bytes, netif_rx_request and its response are 8. */
export const TRANSMIT_SLOT = 12, RECEIVE_SLOT = 8;
const OKAY = 0, ERROR = -1;
/** Frames kept while the front end offers no page; more are lost. */
const MOST_WAITING = 256;
/** Frames that are sent with one call for their grants. */
const BATCH = 16;
const PAGE = 4096;

export interface NetworkLink {
  readonly transmit: SharedRing;
  readonly receive: SharedRing;
  readonly notify: () => void;
}

export interface NetworkBackEndParts {
  readonly port: NetworkPort;
  readonly grants: BackEndGrants;
  /** Frames to send are copied, not mapped. Those that come in always are. */
  readonly copies: boolean;
}

export class NetworkBackEnd {
  readonly #parts: NetworkBackEndParts;
  #link: NetworkLink | null = null;
  #waiting: Uint8Array[] = [];
  #stalled = false;
  onBroken: (why: string) => void = () => {};
  sent = 0;
  received = 0;
  dropped = 0;

  constructor(parts: NetworkBackEndParts) {
    this.#parts = parts;
  }

  connect(link: NetworkLink): void {
    this.#link = link;
  }

  disconnect(): void {
    this.#link = null;
    this.#waiting = [];
  }

  /** A frame has come in. */
  accept(frame: Uint8Array): void {
    if (this.#link === null || this.#waiting.length >= MOST_WAITING || frame.length > PAGE) {
      this.dropped++;
      return;
    }
    this.#waiting.push(frame);
    this.#guarded(link => this.#receive(link));
  }

  serve(): void {
    this.#guarded(link => {
      this.#send(link);
      this.#receive(link);
    });
  }

  #guarded(work: (link: NetworkLink) => void): void {
    whileWhole(this.#link, work, why => {
      this.disconnect();
      this.onBroken(why);
    });
  }

  #send(link: NetworkLink): void {
    const {port} = this.#parts;
    do {
      for (let batch = this.#take(link.transmit); batch.length > 0; batch = this.#take(link.transmit)) this.#sendAll(link.transmit, batch);
    } while (!port.full && link.transmit.finalCheck());
    // Why asked even when everything was taken: what comes next must be told of.
    if (port.full && link.transmit.finalCheck()) this.#waitForWire();
    if (link.transmit.push()) link.notify();
  }

  #take(ring: SharedRing): Packet[] {
    const batch: Packet[] = [];
    while (batch.length < BATCH && !this.#parts.port.full) {
      const packet = takePacket(ring);
      if (packet === null) break;
      batch.push(packet);
    }
    return batch;
  }

  /** With one call for all pages of the batch, and one more to let mapped ones go. */
  #sendAll(ring: SharedRing, batch: readonly Packet[]): void {
    const {grants, copies} = this.#parts;
    const pieces = batch.flatMap(packet => packet.pieces);
    let pages: Array<GrantedPage | null> = [];
    let well: boolean[];
    if (copies) well = grants.copyEach(pieces, false);
    else {
      pages = grants.mapEach(pieces.map(({reference}) => reference), false);
      pieces.forEach(({offset, bytes}, at) => pages[at]?.read(offset, bytes));
      well = pages.map(page => page !== null);
    }
    let at = 0;
    for (const packet of batch) {
      const whole = well.slice(at, at += packet.pieces.length).every(Boolean) && packet.pieces.length > 0;
      if (whole) this.#toWire(packet);
      for (const slot of packet.slots) ring.put(transmitResponse(slot, whole ? OKAY : ERROR));
    }
    grants.unmap(pages.filter(page => page !== null));
  }

  #toWire({frame}: Packet): void {
    this.sent++;
    this.#parts.port.send(frame);
  }

  #waitForWire(): void {
    if (this.#stalled) return;
    this.#stalled = true;
    this.#parts.port.whenRoom(() => {
      this.#stalled = false;
      this.serve();
    });
  }

  /** As many frames as there are pages, copied with one call. */
  #receive({receive: ring, notify}: NetworkLink): void {
    while (this.#waiting.length > 0) {
      const filled: Array<CopiedPiece & {readonly id: number}> = [];
      while (filled.length < this.#waiting.length) {
        const request = ring.take();
        if (request === null) break;
        const view = new DataView(request.buffer);
        filled.push({id: view.getUint16(0, true), reference: view.getUint32(4, true), offset: 0, bytes: this.#waiting[filled.length]});
      }
      this.#waiting.splice(0, filled.length);
      this.#parts.grants.copyEach(filled, true).forEach((well, at) => this.#give(ring, filled[at], well));
      if (this.#waiting.length > 0 && !ring.finalCheck()) break;
    }
    if (ring.push()) notify();
  }

  #give(ring: SharedRing, {id, bytes}: CopiedPiece & {readonly id: number}, well: boolean): void {
    if (well) this.received++;
    else this.dropped++;
    const response = new Uint8Array(RECEIVE_SLOT);
    const view = new DataView(response.buffer);
    view.setUint16(0, id, true);
    view.setInt16(6, well ? bytes.length : ERROR, true);
    ring.put(response);
  }
}
