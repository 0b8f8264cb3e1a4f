// One shadow page: a host frame that shadows one table of the guest, or stands for a stretch of linear memory that the
// guest maps without a table (a 4 MiB page, or all of memory while paging is off).

/** What a shadow page stands for. */
export type Role = 'directory' | 'table' | 'direct';

export class ShadowPage {
  readonly key: string;
  readonly role: Role;
  /** Guest frame of the shadowed table; for `direct`, the first frame it maps. */
  readonly guestFrame: number;
  /** PTE_W and PTE_U as the guest's directory entry grants them to everything below. */
  readonly access: number;
  /** For a guest kernel that runs in ring 3: everything below is open to it, whatever the guest's tables say of users. */
  readonly kernel: boolean;
  /** Host frame. */
  readonly frame: number;
  /** Directory: the child linked at each index. */
  readonly children: Array<ShadowPage | null>;
  /** Directories that link this page, with how often. */
  readonly parents = new Map<ShadowPage, number>();
  /** Trapped writes to the shadowed table since it last belonged to the running address space. */
  idleWrites = 0;

  constructor(identity: ShadowIdentity, frame: number) {
    this.key = shadowKey(identity);
    this.role = identity.role;
    this.guestFrame = identity.guestFrame;
    this.access = identity.access;
    this.kernel = identity.kernel;
    this.frame = frame;
    this.children = identity.role === 'directory' ? Array.from({length: 1024}, () => null) : [];
  }

  /** Host-physical address of an entry. */
  entryAt(index: number): number {
    return this.frame * 4096 + index * 4;
  }
}

export interface ShadowIdentity {
  readonly role: Role;
  readonly guestFrame: number;
  readonly access: number;
  readonly kernel: boolean;
}

export const shadowKey = ({role, guestFrame, access, kernel}: ShadowIdentity): string => `${role} ${guestFrame} ${access}${kernel ? ' kernel' : ''}`;
