// Plays a history on bare metal and on other machines and tells where the guest could first see a difference: the outcome of
// an access, or memory at the end, accessed and dirty bits with it.
//
// Only histories whose outcome the architecture determines are played: after a write to an entry that a processor may have
// cached, the translations that came from it are flushed before anything else happens, by INVLPG of each address, by a CR3
// load (not for global pages) or by toggling CR4.PGE (Intel SDM vol. 3A, 4.10.4). An entry that was not present may be written
// without, and rights that CR0.WP grants change at once. What a processor may do with stale translations is not compared.
import {TwoLevelWalker} from '../../../memory/two-level.ts';
import {WALK_DONE, ACCESS_USER, ACCESS_WRITE} from '../../../memory/walk.ts';
import {CR0_PG, CR0_WP, CR3_FRAME, CR4_PGE, CR4_PSE, CR0_ET, CR0_PE} from '../../../x86/control.ts';
import {PTE_G, PTE_P} from '../../../x86/paging.ts';
import {DATA, DIRECTORY_INDICES, EXECUTED_AT, FRAMES, KERNEL_TABLE, ROOTS, TABLE_INDICES, TABLES, WRITTEN_INDICES, type InstructionName} from './layout.ts';
import {operation, type Operation} from './operation.ts';
import type {Rig, Step} from './rig.ts';

const WRITERS: ReadonlySet<InstructionName> = new Set(['write', 'writeByte', 'writeWord', 'or', 'exchange', 'storeTwo']);

/** Thrown with the sentence that tells the first difference. */
class Difference extends Error {}

class Player {
  readonly #bare: Rig;
  readonly #others: readonly Rig[];
  readonly #walker: TwoLevelWalker;
  readonly #found = {page: 0, pageShift: 12, maps: 0};
  #told = '';
  /** The address accessed last, and the addresses whose translation was changed last. */
  #accessed = 0;
  #changed: readonly number[] = [];

  constructor(bare: Rig, others: readonly Rig[]) {
    this.#bare = bare;
    this.#others = others;
    const word = (address: number): number => (address < FRAMES * 4096 ? bare.word(address >>> 12, (address & 0xfff) >>> 2) : -1);
    this.#walker = new TwoLevelWalker({read32: word, write32: () => {}});
  }

  play(codes: readonly number[]): void {
    for (const rig of [this.#bare, ...this.#others]) rig.reset();
    this.#told = 'start';
    this.#accessed = 0;
    this.#changed = [];
    this.#register('cr3', ROOTS[0] << 12);
    this.#register('cr4', CR4_PSE | CR4_PGE);
    this.#register('cr0', CR0_PE | CR0_ET | CR0_PG | CR0_WP);
    codes.forEach((code, at) => {
      const chosen = operation(code);
      this.#told = `operation ${at} (${chosen.kind})`;
      this.#perform(chosen);
    });
    for (const rig of this.#others) {
      const difference = rig.difference(this.#bare);
      if (difference) throw new Difference(`${rig.technique}: at the end ${difference}`);
    }
  }

  #perform(chosen: Operation): void {
    const {kind, address, root} = chosen;
    if (kind === 'access') this.#access(chosen.again && this.#changed.length > 0 ? this.#changed[chosen.index % this.#changed.length] : address, chosen);
    else if (kind === 'table') this.#change(chosen);
    else if (kind === 'cr3') this.#register('cr3', root << 12);
    else if (kind === 'invlpg') this.#do({name: 'invlpg', address, value: 0, user: false});
    else if (kind === 'mode') this.#mode(chosen);
    else this.#access(DATA[chosen.index % DATA.length] * 4096 + 64, {...chosen, user: false});
  }

  /** Writes an entry at random, or one that the last access was translated by. */
  #change(chosen: Operation): void {
    const root = (this.#bare.registers.cr3 & CR3_FRAME) >>> 12;
    const directory = this.#accessed >>> 22;
    const below = this.#bare.word(root, directory) >>> 12;
    const [table, index] = chosen.directory ? [root, directory] : [below, (this.#accessed >>> 12) & 0x3ff];
    const known = chosen.again && TABLES.includes(table) && WRITTEN_INDICES.includes(index);
    this.#write(known ? table * 4096 + index * 4 : chosen.table * 4096 + chosen.index * 4, false, known ? {...chosen, table, index} : chosen);
  }

  /** Toggles a bit of a control register, or leaves paging and comes back. */
  #mode({mode, address}: Operation): void {
    const {cr0, cr4} = this.#bare.registers;
    if (mode < 3) this.#register('cr0', cr0 ^ CR0_WP);
    else if (mode < 5) this.#register('cr4', cr4 ^ CR4_PGE);
    else if (mode < 7) this.#register('cr4', cr4 ^ CR4_PSE);
    else {
      this.#register('cr0', cr0 & ~CR0_PG);
      this.#do({name: 'read', address, value: 0, user: false});
      this.#do({name: 'write', address: DATA[0] * 4096 + 128, value: address, user: false});
      this.#register('cr0', cr0);
    }
  }

  /** An access through the tables under test. What would overwrite the guest's own code or run a table is made a read. */
  #access(address: number, chosen: Operation): void {
    const {access, user} = chosen;
    this.#accessed = address;
    const writes = WRITERS.has(access);
    const target = this.#target(address, (writes ? ACCESS_WRITE : 0) | (user ? ACCESS_USER : 0));
    const frame = target >>> 12;
    if (target < 0 || frame >= FRAMES || DATA.includes(frame)) return this.#do({name: access, address, value: chosen.value(0), user});
    if (writes && TABLES.includes(frame) && WRITTEN_INDICES.includes((address & 0xfff) >>> 2)) return this.#write(address, user, {...chosen, write: 'write'});
    this.#do({name: 'read', address, value: 0, user});
  }

  /** Writes an entry of a table, by its own address or through whatever maps it, and flushes what may be cached of it. */
  #write(address: number, user: boolean, chosen: Operation): void {
    const target = this.#target(address, ACCESS_WRITE | (user ? ACCESS_USER : 0));
    const table = target >>> 12;
    const index = (target & 0xfff) >>> 2;
    const written = chosen.write === 'storeTwo' ? [index, index + 1] : [index];
    const name = written.every(each => WRITTEN_INDICES.includes(each)) ? chosen.write : 'write';
    const entries = name === 'storeTwo' ? written : [index];
    const before = entries.map(each => this.#bare.word(table, each));
    const addresses = new Set(entries.flatMap(each => this.#from(table, each)));
    const value = chosen.value(table);
    this.#do({name, address, value: name === 'or' ? value & 0xfff & ~PTE_G : value, user});
    for (const each of entries) for (const linear of this.#from(table, each)) addresses.add(linear);
    if (addresses.size > 0) this.#changed = [...addresses].map(linear => linear | (WRITTEN_INDICES[(value >>> 12) % WRITTEN_INDICES.length] * 4));
    if (before.every(entry => (entry & PTE_P) === 0)) return;
    const global = before.some(entry => (table === KERNEL_TABLE ? (entry & PTE_G) !== 0 : isBeyondMemory(entry)));
    this.#flush(chosen, addresses, global);
  }

  #flush({flush, root}: Operation, addresses: Iterable<number>, global: boolean): void {
    const {cr4} = this.#bare.registers;
    if (flush === 'cr3' && !global) return this.#register('cr3', root << 12);
    if (flush === 'pge') {
      this.#register('cr4', cr4 ^ CR4_PGE);
      return this.#register('cr4', cr4);
    }
    for (const address of addresses) this.#do({name: 'invlpg', address, value: 0, user: false});
  }

  /** The linear addresses whose walk reads an entry. */
  #from(table: number, index: number): number[] {
    const {cr3, cr4} = this.#bare.registers;
    const root = (cr3 & CR3_FRAME) >>> 12;
    return DIRECTORY_INDICES.flatMap(directory => {
      const all = root === table && directory === index;
      const entry = this.#bare.word(root, directory);
      const large = (entry & 0x80) !== 0 && (cr4 & CR4_PSE) !== 0;
      const indices = all ? TABLE_INDICES : !large && entry >>> 12 === table && TABLE_INDICES.includes(index) ? [index] : [];
      return indices.map(each => ((directory << 22) | (each << 12)) >>> 0);
    });
  }

  /** Guest-physical address of an access, or -1 when it faults. Nothing is marked accessed. */
  #target(address: number, access: number): number {
    const {cr0, cr3, cr4} = this.#bare.registers;
    if (this.#walker.walk({cr0, cr3, cr4}, address | 0, access, this.#found) !== WALK_DONE) return -1;
    return this.#found.page + (address & ((1 << this.#found.pageShift) - 1));
  }

  /** Why the flush: a table beyond memory reads as ones, so it is full of global entries that no two address spaces share. */
  #register(name: 'cr0' | 'cr3' | 'cr4', value: number): void {
    this.#do({name, address: 0, value, user: false});
    const {cr4} = this.#bare.registers;
    if (name !== 'cr3' || (cr4 & CR4_PGE) === 0 || !this.#hasTableBeyondMemory()) return;
    for (const next of [cr4 ^ CR4_PGE, cr4]) this.#do({name: 'cr4', address: 0, value: next, user: false});
  }

  #hasTableBeyondMemory(): boolean {
    return ROOTS.some(root => DIRECTORY_INDICES.some(index => isBeyondMemory(this.#bare.word(root, index))));
  }

  #do(step: Step): void {
    const expected = this.#bare.perform(step);
    for (const rig of this.#others) {
      const seen = this.#seen(rig, step);
      if (seen !== expected) throw new Difference(`${rig.technique}: ${this.#told}, ${this.#shown(step)}: ${seen}; on bare metal ${expected}`);
    }
  }

  #seen(rig: Rig, step: Step): string {
    try {
      return rig.perform(step);
    } catch (error) {
      throw new Difference(`${rig.technique}: ${this.#told}, ${this.#shown(step)}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  #shown({name, address, value, user}: Step): string {
    const at = name === 'execute' ? (address & -4096) | EXECUTED_AT : address;
    return `${user ? 'user' : 'kernel'} ${name} at 0x${(at >>> 0).toString(16)}, value 0x${(value >>> 0).toString(16)}, CR3 0x${this.#bare.registers.cr3.toString(16)}`;
  }
}

const isBeyondMemory = (entry: number): boolean => (entry & PTE_P) !== 0 && entry >>> 12 >= FRAMES;

/** Null when every machine behaves as bare metal does, else a sentence. */
export function play(codes: readonly number[], bare: Rig, others: readonly Rig[]): string | null {
  try {
    new Player(bare, others).play(codes);
    return null;
  } catch (error) {
    if (error instanceof Difference) return error.message;
    throw error;
  }
}
