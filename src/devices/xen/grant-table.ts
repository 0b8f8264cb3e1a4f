// The grant table of a domain: what it lets another domain do with its frames, in entries that it writes by itself and Xen reads when the
// other asks. Version 1 of the entries, for access only: no frame changes its owner. Xen, public/grant_table.h; Xen, common/grant_table.c.

/** struct grant_entry_v1: flags and domain of 16 bits, then the frame. */
const ENTRY_BYTES = 8;
const ENTRIES_PER_FRAME = 4096 / ENTRY_BYTES;
const TYPE_MASK = 3, PERMIT_ACCESS = 1, READ_ONLY = 1 << 2, READING = 1 << 3, WRITING = 1 << 4;

/** GNTST_*: how an operation went. */
export const GRANT_OKAY = 0, GENERAL_ERROR = -1, BAD_DOMAIN = -2, BAD_REFERENCE = -3, BAD_HANDLE = -4, BAD_VIRTUAL_ADDRESS = -5, NO_SPACE = -7, BAD_PAGE = -9,
  BAD_COPY = -10;

export const MOST_TABLE_FRAMES = 32;
/** Mappings that may exist at once, as Xen's maptrack has a limit. */
const MOST_HANDLES = 8192;

/** The memory behind a table, in machine frames. */
export interface GrantMemory {
  /** A frame for the table which the domain may map and write, or -1. */
  takeTableFrame(): number;
  readTable(frame: number, offset: number): number;
  writeTable(frame: number, offset: number, value: number): void;
  /** Keeps a frame, by the domain's count, from being given another use: its machine frame, or -1 when it is not the domain's or its use forbids the access. */
  hold(frame: number, write: boolean): number;
  release(frame: number, write: boolean): void;
  read(frame: number, offset: number, into: Uint8Array): void;
  write(frame: number, offset: number, from: Uint8Array): void;
}

/** An entry in use. */
interface Pin {
  /** As the entry named it. */
  readonly granted: number;
  readonly frame: number;
  readonly domain: number;
  readers: number;
  writers: number;
}

export interface Access {
  /** Who asks. */
  readonly domain: number;
  readonly write: boolean;
}

interface Mapping extends Access {
  readonly reference: number;
  readonly frame: number;
}

export class GrantTable {
  /** Machine frames of the table. */
  readonly frames: number[] = [];
  readonly #memory: GrantMemory;
  readonly #pins = new Map<number, Pin>();
  readonly #mappings = new Map<number, Mapping>();
  #nextHandle = 0;

  constructor(memory: GrantMemory) {
    this.#memory = memory;
  }

  /** Makes the table at least so large; false when that is too much. */
  grow(wanted: number): boolean {
    if (wanted > MOST_TABLE_FRAMES) return false;
    while (this.frames.length < wanted) {
      const frame = this.#memory.takeTableFrame();
      if (frame < 0) return false;
      this.frames.push(frame);
    }
    return true;
  }

  /** A handle, or a status below zero. */
  map(reference: number, access: Access): number {
    if (this.#mappings.size >= MOST_HANDLES) return NO_SPACE;
    const pin = this.#pin(reference, access, GENERAL_ERROR);
    if (typeof pin === 'number') return pin;
    const handle = this.#nextHandle++;
    this.#mappings.set(handle, {...access, reference, frame: pin.frame});
    return handle;
  }

  unmap(handle: number): number {
    const mapping = this.#mappings.get(handle);
    if (mapping === undefined) return BAD_HANDLE;
    this.#mappings.delete(handle);
    this.#unpin(mapping.reference, mapping);
    return GRANT_OKAY;
  }

  mapping(handle: number): Mapping | null {
    return this.#mappings.get(handle) ?? null;
  }
  get mapped(): number {
    return this.#mappings.size;
  }

  /** Through a mapping; the page is the one that was granted when it was made, whatever the entry says by now. */
  read(handle: number, offset: number, into: Uint8Array): void {
    this.#memory.read(this.#frameOf(handle), offset, into);
  }
  write(handle: number, offset: number, from: Uint8Array): void {
    this.#memory.write(this.#frameOf(handle), offset, from);
  }

  /** One side of GNTTABOP_copy: between a granted page and a buffer. */
  copy(reference: number, {access, offset, bytes}: {access: Access; offset: number; bytes: Uint8Array}): number {
    if (offset + bytes.length > 4096) return BAD_COPY;
    const pin = this.#pin(reference, access, BAD_PAGE);
    if (typeof pin === 'number') return pin;
    if (access.write) this.#memory.write(pin.frame, offset, bytes);
    else this.#memory.read(pin.frame, offset, bytes);
    this.#unpin(reference, access);
    return GRANT_OKAY;
  }

  #frameOf(handle: number): number {
    const mapping = this.#mappings.get(handle);
    if (mapping === undefined) throw new Error(`grant handle ${handle} is not in use`);
    return mapping.frame;
  }

  /** Xen, _set_status_v1: an entry in use keeps what it was when its use began. */
  #pin(reference: number, {domain, write}: Access, badFrame: number): Pin | number {
    const place = this.#place(reference);
    if (place === null) return BAD_REFERENCE;
    const word = this.#memory.readTable(place.frame, place.offset);
    const known = this.#pins.get(reference);
    if (known === undefined && ((word & TYPE_MASK) !== PERMIT_ACCESS || word >>> 16 !== domain)) return GENERAL_ERROR;
    if (known !== undefined && known.domain !== domain) return GENERAL_ERROR;
    if (write && (word & READ_ONLY) !== 0) return GENERAL_ERROR;
    const granted = known?.granted ?? this.#memory.readTable(place.frame, place.offset + 4) >>> 0;
    const frame = this.#memory.hold(granted, write);
    if (frame < 0) return badFrame;
    const pin = known ?? {granted, frame, domain, readers: 0, writers: 0};
    if (write) pin.writers++;
    else pin.readers++;
    this.#pins.set(reference, pin);
    this.#memory.writeTable(place.frame, place.offset, word | READING | (write ? WRITING : 0));
    return pin;
  }

  /** The flags tell the domain when it may end the grant. */
  #unpin(reference: number, {write}: Access): void {
    const pin = this.#pins.get(reference);
    const place = this.#place(reference);
    if (pin === undefined || place === null) return;
    if (write) pin.writers--;
    else pin.readers--;
    this.#memory.release(pin.frame, write);
    const unused = pin.readers + pin.writers === 0;
    if (unused) this.#pins.delete(reference);
    const gone = (pin.writers === 0 ? WRITING : 0) | (unused ? READING : 0);
    this.#memory.writeTable(place.frame, place.offset, this.#memory.readTable(place.frame, place.offset) & ~gone);
  }

  #place(reference: number): {readonly frame: number; readonly offset: number} | null {
    const frame = this.frames[Math.floor(reference / ENTRIES_PER_FRAME)];
    return frame === undefined ? null : {frame, offset: (reference % ENTRIES_PER_FRAME) * ENTRY_BYTES};
  }
}
