// What a back end does with a front end's grants: pages mapped, several with one call, or bytes copied without a mapping. Whoever puts the
// back end into a driver domain is told of each call.
import {GRANT_OKAY, type GrantTable} from './grant-table.ts';

/** The domain that holds the back ends. */
export const DRIVER_DOMAIN = 0;

export type GrantCall = 'map-grant-ref' | 'unmap-grant-ref' | 'copy';

/** A granted page in the back end's reach. */
export class GrantedPage {
  readonly reference: number;
  readonly handle: number;
  readonly #table: GrantTable;
  readonly #word = new DataView(new ArrayBuffer(4));

  constructor(table: GrantTable, reference: number, handle: number) {
    this.#table = table;
    this.reference = reference;
    this.handle = handle;
  }

  read(offset: number, into: Uint8Array): void {
    this.#table.read(this.handle, offset, into);
  }
  write(offset: number, from: Uint8Array): void {
    this.#table.write(this.handle, offset, from);
  }
  /** Unsigned. */
  read32(offset: number): number {
    this.read(offset, new Uint8Array(this.#word.buffer));
    return this.#word.getUint32(0, true);
  }
  write32(offset: number, value: number): void {
    this.#word.setUint32(0, value, true);
    this.write(offset, new Uint8Array(this.#word.buffer));
  }
}

export class BackEndGrants {
  readonly #table: GrantTable;
  /** Told of each call: how many operations it carries, and how many bytes they copy. */
  onCall: (call: GrantCall, operations: number, bytes: number) => void = () => {};

  constructor(table: GrantTable) {
    this.#table = table;
  }

  /** Maps each that can be mapped; null in the place of one that cannot. */
  mapEach(references: readonly number[], write: boolean): Array<GrantedPage | null> {
    if (references.length === 0) return [];
    this.onCall('map-grant-ref', references.length, 0);
    return references.map(reference => {
      const handle = this.#table.map(reference, {domain: DRIVER_DOMAIN, write});
      return handle < 0 ? null : new GrantedPage(this.#table, reference, handle);
    });
  }

  /** Maps all of them or none: null when one cannot be. */
  map(references: readonly number[], write: boolean): GrantedPage[] | null {
    const pages = this.mapEach(references, write).filter(page => page !== null);
    if (pages.length === references.length) return pages;
    this.unmap(pages);
    return null;
  }

  unmap(pages: readonly GrantedPage[]): void {
    if (pages.length === 0) return;
    this.onCall('unmap-grant-ref', pages.length, 0);
    for (const {handle} of pages) this.#table.unmap(handle);
  }

  /** Copies each piece out of its page into `bytes`, or into its page; says which went well. */
  copyEach(pieces: readonly CopiedPiece[], write: boolean): boolean[] {
    if (pieces.length === 0) return [];
    this.onCall('copy', pieces.length, pieces.reduce((sum, {bytes}) => sum + bytes.length, 0));
    return pieces.map(({reference, offset, bytes}) =>
      this.#table.copy(reference, {access: {domain: DRIVER_DOMAIN, write}, offset, bytes}) === GRANT_OKAY);
  }
}

/** Bytes of a granted page and the buffer they are copied from or to. */
export interface CopiedPiece {
  readonly reference: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}
