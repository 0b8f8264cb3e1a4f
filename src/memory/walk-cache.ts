// The walk caches of a processor that has them: small, fully associative, round-robin. One kind keeps directory entries,
// the other keeps nested translations of the frames that hold the guest's tables.
// Intel SDM vol. 3A, 4.10.3 Paging-Structure Caches.
import type {HostProfile} from '../host/profile.ts';

export class WalkCache {
  readonly #keys: Int32Array;
  readonly #values: Float64Array;
  #next = 0;

  constructor(entries: number) {
    this.#keys = new Int32Array(entries).fill(-1);
    this.#values = new Float64Array(entries);
  }

  /** The cache of directory entries a host has, or null. */
  static forDirectories(host: HostProfile): WalkCache | null {
    return host.features['walk-caches'] ? new WalkCache(host.walkCaches.directoryEntries) : null;
  }

  /** The cache of nested translations a host has, or null. */
  static forNested(host: HostProfile): WalkCache | null {
    return host.features['walk-caches'] ? new WalkCache(host.walkCaches.nestedEntries) : null;
  }

  find(key: number): number | null {
    const at = this.#keys.indexOf(key);
    return at < 0 ? null : this.#values[at];
  }

  insert(key: number, value: number): void {
    const known = this.#keys.indexOf(key);
    const at = known >= 0 ? known : this.#next;
    if (known < 0) this.#next = (this.#next + 1) % this.#keys.length;
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  /** Forgets one key, or everything. */
  forget(key: number | null): void {
    if (key === null) {
      this.#keys.fill(-1);
      return;
    }
    const at = this.#keys.indexOf(key);
    if (at >= 0) this.#keys[at] = -1;
  }
}
