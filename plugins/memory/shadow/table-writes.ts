// Writes to write-protected tables that the VMM has carried out: what becomes of the shadow entries behind them, and write
// flooding, by which a frame written again and again without being used as a table is let go.
import {PTE_P} from 'worldswitch';
import type {Gpa, Vmm} from 'worldswitch';
import type {ShadowCache} from './cache.ts';
import type {Leaves} from './leaves.ts';
import type {ShadowPage} from './page.ts';
import type {Roots} from './roots.ts';
import type {Settings} from './settings.ts';
import type {Tables} from './tables.ts';

interface Parts {
  readonly vmm: Vmm;
  readonly settings: Settings;
  readonly cache: ShadowCache;
  readonly leaves: Leaves;
  readonly roots: Roots;
  readonly tables: Tables;
}

export class TableWrites {
  readonly #parts: Parts;
  floods = 0;
  synced = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  wrote(address: Gpa, width: number): void {
    const {cache, roots, settings} = this.#parts;
    const first = (address & 0xfff) >>> 2;
    const last = ((address & 0xfff) + width - 1) >>> 2;
    for (const page of cache.protection.shadowing(address >>> 12)) {
      if (page.gone) continue;
      if (settings.policy === 'unsync' ? this.#isFlooded(page, address, width) : this.#isIdle(page)) {
        this.floods++;
        cache.drop(page);
        continue;
      }
      for (let index = first; index <= last; index++) this.#sync(page, index);
    }
    roots.reload();
  }

  /** The guest's entry with this index, in the shadow pages that hold it. */
  #sync(page: ShadowPage, guestIndex: number): void {
    const {format} = this.#parts.cache;
    const each = page.role === 'directory' ? format.halves : 1;
    const at = guestIndex * each - page.quadrant * format.entries;
    if (at < 0 || at >= format.entries) return;
    this.#parts.vmm.charge('shadow_sync');
    this.synced++;
    for (let index = at; index < at + each; index++) this.#syncEntry(page, index);
  }

  #syncEntry(page: ShadowPage, index: number): void {
    const {settings, cache, leaves} = this.#parts;
    const zap = settings.zapOnWrite || settings.policy === 'unsync';
    if (page.role === 'directory') this.#syncDirectory(page, index, settings.policy === 'unsync');
    else if (zap) cache.clearLeaf(page, index, (leaves.guestEntry(page, index) & PTE_P) === 0 && !page.unsync);
    else leaves.fill(page, index);
  }

  /** A directory entry that still names the same table with the same rights keeps its shadow, unless the policy zaps. */
  #syncDirectory(directory: ShadowPage, index: number, zap: boolean): void {
    const {cache, tables} = this.#parts;
    if (directory.children[index] && (zap || !tables.isCurrent(directory, index))) cache.unlink(directory, index);
  }

  /** Traced: a table outside the running address space that is written again and again is no table any more. */
  #isIdle(page: ShadowPage): boolean {
    const {flood} = this.#parts.settings;
    page.trappedWrites = this.#parts.roots.isRunning(page) ? 0 : page.trappedWrites + 1;
    return flood > 0 && page.trappedWrites >= flood;
  }

  /**
   * As KVM decides (detect_write_misaligned, detect_write_flooding): a write that no page-table code makes, or a directory
   * written again and again without a fault or CR3 load that uses it.
   */
  #isFlooded(page: ShadowPage, address: Gpa, width: number): boolean {
    const {flood} = this.#parts.settings;
    const aligned = (address & 3) === 0;
    if (!(aligned && width === 1) && (width < 4 || !aligned)) return true;
    if (page.role !== 'directory') return false;
    page.trappedWrites++;
    return flood > 0 && page.trappedWrites >= flood;
  }
}
