// One shadow page: a host frame that shadows one table of the guest (or a half or quarter of it), or stands for a stretch of
// linear memory that the guest maps without a table (a 4 MiB page, or all of memory while paging is off).
import type {ShadowFormat} from './format.ts';

/** What a shadow page stands for. */
export type Role = 'directory' | 'table' | 'direct';

export interface ShadowIdentity {
  readonly role: Role;
  /** Guest frame of the shadowed table; for `direct`, the first frame it maps. */
  readonly guestFrame: number;
  /** PTE_W and PTE_U (for `direct` PTE_D too) as the guest's directory entry grants them to everything below. */
  readonly access: number;
  /** Which half of a table or quarter of a directory. */
  readonly quadrant: number;
  /** The guest's paging mode that the entries were made for. */
  readonly mode: number;
}

const NOT_MAPPED = -1;
/** What a directory begins with, by the width of its entries. */
const NO_CHILDREN: Readonly<Record<4 | 8, readonly null[]>> = {4: Array.from({length: 1024}, () => null), 8: Array.from({length: 512}, () => null)};

export class ShadowPage {
  readonly key: string;
  readonly role: Role;
  readonly guestFrame: number;
  readonly access: number;
  readonly quadrant: number;
  readonly mode: number;
  /** Host frame. */
  readonly frame: number;
  readonly #width: number;
  /** Directory: the child linked at each index. */
  readonly children: Array<ShadowPage | null>;
  /** Guest frame that each entry maps, or -1. */
  readonly maps: Int32Array;
  /** Directories that link this page, with how often. */
  readonly parents = new Map<ShadowPage, number>();
  /** Trapped writes to the shadowed table in a row. */
  trappedWrites = 0;
  /** The guest may have written its table since this page was made from it. */
  unsync = false;
  /** Part of the running address space, or being built: not to be evicted. */
  pinned = false;
  /** Torn down. */
  gone = false;

  constructor(identity: ShadowIdentity, frame: number, format: ShadowFormat) {
    this.key = shadowKey(identity);
    this.role = identity.role;
    this.guestFrame = identity.guestFrame;
    this.access = identity.access;
    this.quadrant = identity.quadrant;
    this.mode = identity.mode;
    this.frame = frame;
    this.#width = format.width;
    this.children = identity.role === 'directory' ? [...NO_CHILDREN[format.width]] : [];
    this.maps = new Int32Array(identity.role === 'directory' ? 0 : format.entries).fill(NOT_MAPPED);
  }

  /** Host-physical address of an entry. */
  entryAt(index: number): number {
    return this.frame * 4096 + index * this.#width;
  }

  /** Whether it shadows a table of the guest, whose writes matter. */
  get shadows(): boolean {
    return this.role !== 'direct' && this.guestFrame >= 0;
  }
}

export const shadowKey = ({role, guestFrame, access, quadrant, mode}: ShadowIdentity): string => `${role} ${guestFrame} ${access} ${quadrant} ${mode}`;
