// DMA remapping: every request of a device is translated by the tables of the domain it belongs to, and refused where they do not allow it.
// The tables lie in host memory; the unit reads them and keeps what it found until software invalidates it.
// Intel VT-d (D51397), chapter 3 DMA Remapping, chapter 6 Caching Translation Information.
//
// Simplification: the walk takes the device's time, which is not modelled; it is counted. Neither first-level translation nor large pages.
import {FaultLog} from './fault-log.ts';
import {
  ADDRESS_WIDTH, CONTEXT_ENTRY_BYTES, DOMAIN_MASK, DOMAIN_SHIFT, FAULTS, PAGING_ENTRY_BYTES, PRESENT, READ, ROOT_ENTRY_BYTES, TABLE_ADDRESS, TRANSLATION_TYPE,
  WIDTH_39, WIDTH_48, WRITE, type FaultReason,
} from './format.ts';
import type {HostTables} from './host-tables.ts';
import {InterruptRemapping} from './interrupt-remapping.ts';
import {allows, Iotlb, type CachedPage} from './iotlb.ts';

/** A context entry as the unit keeps it. */
interface Context {
  readonly domain: number;
  readonly levels: number;
  /** Host-physical address of the top second-level table. */
  readonly table: number;
}

const PAGE = 4096;
const INDEX_BITS = 9, ENTRIES = 512;
/** Entries of the translation cache. */
const IOTLB_ENTRIES = 64;
const LEVELS_OF: Readonly<Record<number, number>> = {[WIDTH_39]: 3, [WIDTH_48]: 4};

export class IommuUnit {
  readonly faults = new FaultLog();
  readonly interrupts: InterruptRemapping;
  /** Host-physical address of the root table; set by software, with a global invalidation after it. */
  rootTable = 0;
  readonly counts = {hits: 0, misses: 0, walkReferences: 0, contextInvalidations: 0, iotlbInvalidations: 0};
  readonly #memory: HostTables;
  readonly #iotlb = new Iotlb(IOTLB_ENTRIES);
  readonly #contexts = new Map<number, Context>();

  constructor(memory: HostTables) {
    this.#memory = memory;
    this.interrupts = new InterruptRemapping(memory, this.faults);
  }

  /** Host-physical address for a byte of a device's address space, or -1 when the request is refused; then a fault is on record. */
  translate(requester: number, address: number, write: boolean): number {
    const access = write ? WRITE : READ;
    const refuse = (reason: FaultReason): number => {
      this.faults.record({requester, address: Math.floor(address / PAGE) * PAGE, write, reason});
      return -1;
    };
    const context = this.#context(requester);
    if (typeof context === 'number') return refuse(context);
    if (address < 0 || address >= 2 ** (12 + context.levels * INDEX_BITS)) return refuse(FAULTS.BEYOND_WIDTH);
    const page = Math.floor(address / PAGE);
    const cached = this.#cached(context, page) ?? this.#walk(context, page);
    if (typeof cached === 'number') return refuse(cached);
    return allows(cached, access) ? cached.host + (address % PAGE) : refuse(write ? FAULTS.NO_WRITE : FAULTS.NO_READ);
  }

  /** 6.5.2: a device changed its domain. */
  invalidateContexts(): void {
    this.counts.contextInvalidations++;
    this.#contexts.clear();
  }

  /** All translations, those of a domain, or those of one page of a domain. */
  invalidateIotlb(domain?: number, page?: number): void {
    this.counts.iotlbInvalidations++;
    if (domain === undefined) this.#iotlb.clear();
    else this.#iotlb.forget(cached => cached.domain === domain && (page === undefined || cached.page === page));
  }

  #cached({domain}: Context, page: number): CachedPage | null {
    const cached = this.#iotlb.find(domain, page);
    if (cached) this.counts.hits++;
    return cached;
  }

  /** Root entry by bus, context entry by device and function. */
  #context(requester: number): Context | FaultReason {
    const known = this.#contexts.get(requester);
    if (known) return known;
    const rootAt = this.rootTable + (requester >>> 8) * ROOT_ENTRY_BYTES;
    if (!this.#isMemory(rootAt)) return FAULTS.ROOT_UNREADABLE;
    const root = this.#read(rootAt);
    if ((root & PRESENT) === 0) return FAULTS.ROOT_NOT_PRESENT;
    const at = (root & TABLE_ADDRESS) + (requester & 0xff) * CONTEXT_ENTRY_BYTES;
    if (!this.#isMemory(at >>> 0)) return FAULTS.CONTEXT_UNREADABLE;
    const context = contextOf(this.#read(at >>> 0), this.#read((at >>> 0) + 8));
    if (typeof context !== 'number') this.#contexts.set(requester, context);
    return context;
  }

  /** Rights of all levels combine. What is not present is not kept (6.1 with caching mode off). */
  #walk({domain, levels, table}: Context, page: number): CachedPage | FaultReason {
    this.counts.misses++;
    let at = table;
    let rights = READ | WRITE;
    for (let level = levels - 1; level >= 0; level--) {
      const entryAt = at + (Math.floor(page / ENTRIES ** level) % ENTRIES) * PAGING_ENTRY_BYTES;
      this.counts.walkReferences++;
      if (!this.#isMemory(entryAt) || this.#read(entryAt + 4) !== 0) return FAULTS.PAGING_ENTRY_UNREADABLE;
      const entry = this.#read(entryAt);
      rights &= entry;
      if (rights === 0) return {domain, page, host: 0, rights};
      at = (entry & TABLE_ADDRESS) >>> 0;
    }
    const cached = {domain, page, host: at, rights};
    this.#iotlb.insert(cached);
    return cached;
  }

  #isMemory(address: number): boolean {
    return address + PAGING_ENTRY_BYTES <= this.#memory.size;
  }

  #read(address: number): number {
    return this.#memory.read32(address);
  }
}

function contextOf(low: number, high: number): Context | FaultReason {
  if ((low & PRESENT) === 0) return FAULTS.CONTEXT_NOT_PRESENT;
  const levels = LEVELS_OF[high & ADDRESS_WIDTH];
  if (levels === undefined || (low & TRANSLATION_TYPE) !== 0) return FAULTS.CONTEXT_INVALID;
  return {domain: (high >>> DOMAIN_SHIFT) & DOMAIN_MASK, levels, table: (low & TABLE_ADDRESS) >>> 0};
}
