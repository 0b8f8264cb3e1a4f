// What the unit keeps of its walks: the translation of a page in a domain. Fully associative, round-robin, so that hits leave no trace.

export interface CachedPage {
  readonly domain: number;
  /** Page number of the device's address. */
  readonly page: number;
  /** Host-physical address of the page. */
  readonly host: number;
  readonly rights: number;
}

export class Iotlb {
  readonly #size: number;
  readonly #entries: CachedPage[] = [];
  readonly #byKey = new Map<string, CachedPage>();
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  find(domain: number, page: number): CachedPage | null {
    return this.#byKey.get(keyOf({domain, page})) ?? null;
  }

  /** Keeps a translation in place of the one that has been longest in its place. */
  insert(cached: CachedPage): void {
    const old = this.#entries.at(this.#next);
    if (old) this.#byKey.delete(keyOf(old));
    this.#entries[this.#next] = cached;
    this.#byKey.set(keyOf(cached), cached);
    this.#next = (this.#next + 1) % this.#size;
  }

  /** Forgets what a test picks. */
  forget(isStale: (cached: CachedPage) => boolean): void {
    const kept = this.#entries.filter(cached => this.#byKey.has(keyOf(cached)) && !isStale(cached));
    this.clear();
    for (const cached of kept) this.insert(cached);
  }

  clear(): void {
    this.#entries.length = 0;
    this.#byKey.clear();
    this.#next = 0;
  }
}

const keyOf = ({domain, page}: Pick<CachedPage, 'domain' | 'page'>): string => `${domain}:${page}`;

/** Whether a translation allows an access. */
export const allows = ({rights}: CachedPage, access: number): boolean => (rights & access) === access;
