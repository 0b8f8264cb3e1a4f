// The pages of a request in a back end's reach, by the two ways there are: mapped for as long as the request takes, or for good where the
// front end grants the same ones again and again; or copied when their bytes are there. Xen, public/io/blkif.h, feature-persistent.
import type {BackEndGrants, GrantedPage} from './back-end-grants.ts';

/** Bytes of a granted page. */
export interface Piece {
  readonly reference: number;
  readonly offset: number;
  readonly length: number;
}

export interface SegmentAccess {
  /** The bytes of all pieces, or null when they cannot be had. */
  gather(): Uint8Array | null;
  scatter(bytes: Uint8Array): boolean;
  end(): void;
}

const lengthOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, {length}) => sum + length, 0);

/** Each piece with its part of a buffer. */
function parts(pieces: readonly Piece[], bytes: Uint8Array): Array<Piece & {readonly bytes: Uint8Array}> {
  let at = 0;
  return pieces.map(piece => ({...piece, bytes: bytes.subarray(at, at += piece.length)}));
}

export class CopiedSegments implements SegmentAccess {
  readonly #grants: BackEndGrants;
  readonly #pieces: readonly Piece[];

  constructor(grants: BackEndGrants, pieces: readonly Piece[]) {
    this.#grants = grants;
    this.#pieces = pieces;
  }

  gather(): Uint8Array | null {
    const bytes = new Uint8Array(lengthOf(this.#pieces));
    return this.#grants.copyEach(parts(this.#pieces, bytes), false).every(Boolean) ? bytes : null;
  }

  scatter(bytes: Uint8Array): boolean {
    return this.#grants.copyEach(parts(this.#pieces, bytes), true).every(Boolean);
  }

  end(): void {}
}

/** Most mappings that are kept: what a ring of 32 requests of 11 segments can have under way. */
const MOST_KEPT = 352;

export class MappedSegments {
  readonly #grants: BackEndGrants;
  readonly #keeps: boolean;
  readonly #kept = new Map<number, GrantedPage>();

  constructor(grants: BackEndGrants, keeps: boolean) {
    this.#grants = grants;
    this.#keeps = keeps;
  }

  /** Maps what is not mapped yet, with one call; null when a page cannot be. Why always writable when kept: the next request may read. */
  begin(pieces: readonly Piece[], write: boolean): SegmentAccess | null {
    const wanted = [...new Set(pieces.map(({reference}) => reference))].filter(reference => !this.#kept.has(reference));
    const mapped = this.#grants.map(wanted, write || this.#keeps);
    if (mapped === null) return null;
    const pages = new Map([...this.#kept, ...mapped.map(page => [page.reference, page] as const)]);
    const passing = mapped.filter(page => !this.#keep(page));
    return {
      gather() {
        const bytes = new Uint8Array(lengthOf(pieces));
        for (const {reference, offset, bytes: part} of parts(pieces, bytes)) pages.get(reference)?.read(offset, part);
        return bytes;
      },
      scatter(bytes) {
        for (const {reference, offset, bytes: part} of parts(pieces, bytes)) pages.get(reference)?.write(offset, part);
        return true;
      },
      end: () => this.#grants.unmap(passing),
    };
  }

  endAll(): void {
    this.#grants.unmap([...this.#kept.values()]);
    this.#kept.clear();
  }

  #keep(page: GrantedPage): boolean {
    if (!this.#keeps || this.#kept.size >= MOST_KEPT) return false;
    this.#kept.set(page.reference, page);
    return true;
  }
}
