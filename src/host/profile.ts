// What a host profile is: features, TLB geometry and named costs, every figure with unit, source and grade.
import type {Grade} from '../ledger/context.ts';
import type {CostName} from './costs.ts';

/** One figure with where it comes from. */
export interface Figure {
  readonly value: number;
  readonly unit: 'cycles' | 'ns' | 'MHz' | 'entries';
  /** Publication and place, or the arithmetic for a derived figure, or what an estimate leans on. */
  readonly source: string;
  readonly grade: Grade;
}

/** What the modelled processor can do, as strategies ask for it in `needs`. */
export interface Features {
  readonly vendor: 'intel' | 'amd';
  /** Root and non-root operation (VT-x or AMD-V). */
  readonly 'hardware-assistance': boolean;
  readonly 'nested-paging': boolean;
  /** TLB entries tagged by address-space identifier: an exit does not flush. */
  readonly 'tagged-tlb': boolean;
  /** Non-root operation may run unpaged and real-mode code. */
  readonly 'unrestricted-guest': boolean;
  /** The nested walk sets accessed and dirty flags in nested entries. */
  readonly 'nested-accessed-dirty': boolean;
  /** Paging-structure caches and, with nested paging, a nested TLB. */
  readonly 'walk-caches': boolean;
  /** A shadow of the task priority; a page of which accesses are virtualized (FlexPriority): without it the shadow is CR8's alone, which code of 32 bits cannot name. */
  readonly 'tpr-shadow': boolean;
  readonly 'apic-access-page': boolean;
  /** A whole virtual local APIC (APICv, AVIC); an interrupt that reaches the running guest without an exit. */
  readonly 'virtual-apic': boolean;
  readonly 'posted-interrupts': boolean;
  /**
   * Remapping of what devices master (VT-d, AMD-Vi). In the chipset of nehalem-2009 (Intel 5520: VT-d with DMA and interrupt remapping), and a part of
   * every later server platform; the desktop chipset Q35 beside Core 2 had a first form of it, its server chipsets had none.
   */
  readonly iommu: boolean;
  /** "What if x86 had met Popek and Goldberg's condition": off on every real machine. */
  readonly virtualizable: boolean;
  /** The host has the disk's contents in memory: a request is done within the access that asks for it. */
  readonly 'cached-disk': boolean;
}
export type FeatureName = Exclude<keyof Features, 'vendor'>;

/** One translation look-aside buffer. `ways` = `entries` means fully associative. Replacement is round-robin per set. */
export interface TlbGeometry {
  readonly entries: number;
  readonly ways: number;
}

export interface TlbSet {
  readonly data: TlbGeometry;
  readonly instruction: TlbGeometry;
  /** Unified second level, null when there is none. */
  readonly secondLevel: TlbGeometry | null;
  /** Whether the second level holds 4 MiB and 2 MiB pages too. */
  readonly secondLevelLarge: boolean;
  /** Entries for 4 MiB and 2 MiB pages of their own; null = shared with the 4 KiB entries. */
  readonly largeData: TlbGeometry | null;
  readonly largeInstruction: TlbGeometry | null;
  readonly source: string;
  readonly grade: Grade;
}

/** Geometry of the walk caches, used when the feature `walk-caches` is on. */
export interface WalkCacheGeometry {
  /** Entries caching page-directory entries. */
  readonly directoryEntries: number;
  /** Entries caching guest-physical to host-physical translations of page-table frames. */
  readonly nestedEntries: number;
  readonly source: string;
  readonly grade: Grade;
}

/** How fast the disk behind a controller is. */
export interface DiskFigures {
  readonly accessMicroseconds: number;
  readonly megabytesPerSecond: number;
  readonly source: string;
  readonly grade: Grade;
}

/** How fast the network behind a card is. */
export interface WireFigures {
  readonly latencyMicroseconds: number;
  readonly megabitsPerSecond: number;
  readonly source: string;
  readonly grade: Grade;
}

export interface HostProfile {
  readonly name: string;
  readonly title: string;
  readonly clock: Figure;
  readonly features: Features;
  readonly tlb: TlbSet;
  readonly walkCaches: WalkCacheGeometry;
  readonly disk: DiskFigures;
  readonly wire: WireFigures;
  readonly costs: Readonly<Record<CostName, Figure>>;
}
