// What a guest may ask of the store and what it is answered: one message, one reply. Xen, public/io/xs_wire.h; Xen, docs/misc/xenstore.txt.
// Simplification: there is one guest, so no transaction meets another's: what it wrote is put in place when it ends well.
import type {Store, Watch} from './store.ts';

export const MESSAGE = {
  directory: 1, read: 2, permissions: 3, watch: 4, unwatch: 5, transactionStart: 6, transactionEnd: 7, domainPath: 10, write: 11, make: 12, remove: 13,
  setPermissions: 14, watchEvent: 15, error: 16, isIntroduced: 17, resetWatches: 21,
} as const;

const OKAY = 'OK\0';
const LONGEST_PATH = 3072;
/** What a domain may have: quotas of the store's daemon. */
const MOST_NODES = 1000, MOST_WATCHES = 128, MOST_TRANSACTIONS = 10, LONGEST_VALUE = 2048;
const PATH = /^\/?[\w\-/@]*$/;

/** Thrown with the name of an error; the reply tells it. */
class Refused extends Error {}

interface Changes {
  /** Null where the node was removed. */
  readonly values: Map<string, string | null>;
}

interface GuestWatch extends Watch {
  readonly written: string;
  readonly token: string;
}

export interface Asked {
  readonly type: number;
  readonly transaction: number;
  readonly payload: string;
}

export class StoreMessages {
  readonly #store: Store;
  readonly #domain: number;
  readonly #home: string;
  readonly #transactions = new Map<number, Changes>();
  readonly #watches: GuestWatch[] = [];
  #nextTransaction = 1;
  /** Sends an event of a watch: path and token. */
  onEvent: (payload: string) => void = () => {};

  constructor(store: Store, domain: number) {
    this.#store = store;
    this.#domain = domain;
    this.#home = `/local/domain/${domain}`;
  }

  /** The reply's payload, or the name of an error. */
  answer(asked: Asked): {readonly payload: string} | {readonly error: string} {
    try {
      return {payload: this.#carryOut(asked)};
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return {error: error.message};
    }
  }

  #carryOut({type, transaction, payload}: Asked): string {
    const parts = payload.split('\0');
    switch (type) {
      case MESSAGE.read: return this.#read(transaction, this.#path(parts[0]));
      case MESSAGE.directory: return this.#list(transaction, this.#path(parts[0]));
      case MESSAGE.write: return this.#write(transaction, this.#ownPath(parts[0]), payload.slice(payload.indexOf('\0') + 1));
      case MESSAGE.make: return this.#make(transaction, this.#ownPath(parts[0]));
      case MESSAGE.remove: return this.#remove(transaction, this.#ownPath(parts[0]));
      case MESSAGE.permissions: return this.#permissions(transaction, this.#path(parts[0]));
      case MESSAGE.setPermissions: this.#existing(transaction, this.#ownPath(parts[0])); return OKAY;
      case MESSAGE.watch: return this.#watch(parts[0], parts[1] ?? '');
      case MESSAGE.unwatch: return this.#unwatch(parts[0], parts[1] ?? '');
      case MESSAGE.resetWatches: for (const watch of this.#watches.slice()) this.#unwatch(watch.written, watch.token); return OKAY;
      case MESSAGE.transactionStart: return this.#begin();
      case MESSAGE.transactionEnd: return this.#end(transaction, parts[0]);
      case MESSAGE.domainPath: return `/local/domain/${Number(parts[0])}\0`;
      case MESSAGE.isIntroduced: return Number(parts[0]) === this.#domain || parts[0] === '0' ? 'T\0' : 'F\0';
      default: throw new Refused('ENOSYS');
    }
  }

  /** Paths without a leading slash count from the domain's own. */
  #path(written: string): string {
    if (written === '' || written.length > LONGEST_PATH || !PATH.test(written) || written.includes('//') || (written.endsWith('/') && written !== '/')) {
      throw new Refused('EINVAL');
    }
    return written.startsWith('/') || written.startsWith('@') ? written : `${this.#home}/${written}`;
  }

  #ownPath(written: string): string {
    const path = this.#path(written);
    if (path !== this.#home && !path.startsWith(`${this.#home}/`)) throw new Refused('EACCES');
    return path;
  }

  #changes(transaction: number): Changes | null {
    if (transaction === 0) return null;
    const changes = this.#transactions.get(transaction);
    if (changes === undefined) throw new Refused('ENOENT');
    return changes;
  }

  /** As a transaction sees it. */
  #value(transaction: number, path: string): string | null {
    const changes = this.#changes(transaction);
    if (changes?.values.has(path)) return changes.values.get(path) ?? null;
    return this.#store.read(path);
  }

  #existing(transaction: number, path: string): string {
    const value = this.#value(transaction, path);
    if (value === null && path !== '/') throw new Refused('ENOENT');
    return value ?? '';
  }

  #read(transaction: number, path: string): string {
    return this.#existing(transaction, path);
  }

  #list(transaction: number, path: string): string {
    this.#existing(transaction, path);
    const changed = [...this.#changes(transaction)?.values ?? []].filter(([key]) => key.startsWith(`${path}/`));
    const removed = new Set(changed.flatMap(([key, value]) => (value === null ? [key] : [])));
    const added = changed.flatMap(([key, value]) => (value === null ? [] : [key.slice(path.length + 1).split('/', 1)[0]]));
    const names = new Set([...this.#store.children(path).filter(name => !removed.has(`${path}/${name}`)), ...added]);
    return [...names].map(name => `${name}\0`).join('');
  }

  #write(transaction: number, path: string, value: string): string {
    if (value.length > LONGEST_VALUE) throw new Refused('ENOSPC');
    if (this.#store.size > MOST_NODES) throw new Refused('EQUOTA');
    const changes = this.#changes(transaction);
    if (changes) changes.values.set(path, value);
    else this.#store.write(path, value);
    return OKAY;
  }

  #make(transaction: number, path: string): string {
    return this.#value(transaction, path) === null ? this.#write(transaction, path, '') : OKAY;
  }

  #remove(transaction: number, path: string): string {
    if (this.#value(transaction, path) === null) {
      this.#existing(transaction, path.slice(0, path.lastIndexOf('/')));
      return OKAY;
    }
    const changes = this.#changes(transaction);
    if (changes) changes.values.set(path, null);
    else this.#store.remove(path);
    return OKAY;
  }

  /** Who owns it, and what others may. */
  #permissions(transaction: number, path: string): string {
    this.#existing(transaction, path);
    return path.startsWith(this.#home) ? `n${this.#domain}\0r0\0` : `n0\0r${this.#domain}\0`;
  }

  #watch(written: string, token: string): string {
    const path = this.#path(written);
    if (this.#watches.some(watch => watch.written === written && watch.token === token)) throw new Refused('EEXIST');
    if (this.#watches.length >= MOST_WATCHES) throw new Refused('E2BIG');
    const shown = (changed: string): string => (written.startsWith('/') || written.startsWith('@') ? changed : changed.slice(this.#home.length + 1));
    const watch: GuestWatch = {path, written, token, told: changed => this.onEvent(`${shown(changed)}\0${token}\0`)};
    this.#watches.push(watch);
    return OKAY;
  }

  /** The event that every watch begins with comes behind the reply. */
  watchesBegin(asked: Asked): void {
    if (asked.type !== MESSAGE.watch) return;
    const watch = this.#watches.at(-1);
    if (watch) this.#store.watch(watch);
  }

  #unwatch(written: string, token: string): string {
    const at = this.#watches.findIndex(watch => watch.written === written && watch.token === token);
    if (at < 0) throw new Refused('ENOENT');
    for (const watch of this.#watches.splice(at, 1)) this.#store.unwatch(watch);
    return OKAY;
  }

  #begin(): string {
    if (this.#transactions.size >= MOST_TRANSACTIONS) throw new Refused('ENOSPC');
    const transaction = this.#nextTransaction++;
    this.#transactions.set(transaction, {values: new Map()});
    return `${transaction}\0`;
  }

  #end(transaction: number, how: string): string {
    const changes = this.#changes(transaction);
    if (changes === null || (how !== 'T' && how !== 'F')) throw new Refused('EINVAL');
    this.#transactions.delete(transaction);
    if (how === 'F') return OKAY;
    for (const [path, value] of changes.values) {
      if (value === null) this.#store.remove(path);
      else this.#store.write(path, value);
    }
    return OKAY;
  }
}
