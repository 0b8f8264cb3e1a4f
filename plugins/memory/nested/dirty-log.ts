// Dirty logging: which guest frames have been written since the last round, as live migration wants to know. Either nested
// entries lose the right to write, and the first write to each page in a round is a violation that gives it back; or, where
// the processor keeps dirty flags, a round reads and clears them. Linux, Documentation/virt/kvm/api.rst, KVM_GET_DIRTY_LOG.
import {EPT_DIRTY, EPT_WRITE, gpa} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import type {TranslationCaches} from './caches.ts';
import type {NestedTables} from './tables.ts';

export interface DirtyLogParts {
  readonly vmm: Vmm;
  readonly tables: NestedTables;
  readonly caches: TranslationCaches;
  /** By the processor's dirty flags instead of write protection. */
  readonly byFlags: boolean;
  /** Microseconds of the guest's clock from one round to the next. */
  readonly period: number;
}

export class DirtyLog {
  readonly #parts: DirtyLogParts;
  /** Guest frames written in this round. */
  readonly #dirty = new Set<number>();
  readonly #counts = {rounds: 0, found: 0, protected: 0, violations: 0};

  constructor(parts: DirtyLogParts) {
    this.#parts = parts;
    this.#schedule();
  }

  /** Whether a page that is about to be mapped may be writable at once: what nobody has written stays protected. */
  admits(frame: number, write: boolean): boolean {
    if (this.#parts.byFlags) return true;
    if (write) this.#dirty.add(frame);
    else this.#parts.vmm.guest.traced[frame] = 1;
    return write;
  }

  /** The guest's first write to a protected page in this round. */
  violation(frame: number): void {
    this.#counts.violations++;
    this.#release(frame);
  }

  /** The VMM wrote for the guest: no violation tells of that. */
  wrote(frame: number): void {
    if (this.#parts.byFlags) this.#parts.tables.change(frame * 4096, {set: EPT_DIRTY});
    else if (!this.#dirty.has(frame)) this.#release(frame);
  }

  statistics(): Readonly<Record<string, number>> {
    const {rounds, found, violations} = this.#counts;
    return {
      'dirty-log rounds': rounds, 'dirty-log pages found': found, 'dirty-log entries protected': this.#counts.protected, 'dirty-log violations': violations,
    };
  }

  #release(frame: number): void {
    const {vmm, tables} = this.#parts;
    this.#dirty.add(frame);
    vmm.guest.traced[frame] = 0;
    vmm.charge('nested_protect');
    tables.change(frame * 4096, {set: EPT_WRITE});
  }

  #schedule(): void {
    const {vmm: {platform: {clock}}, period} = this.#parts;
    clock.schedule(clock.now() + Math.round((clock.hertz * period) / 1e6), () => this.#round());
  }

  /** Takes the pages written, makes the next write to each show again, and drops translations that still allow it. */
  #round(): void {
    const {byFlags, caches} = this.#parts;
    const found = byFlags ? this.#flagged() : [...this.#dirty];
    for (const frame of found) this.#rearm(frame);
    this.#dirty.clear();
    if (found.length > 0) caches.forgetNested();
    this.#counts.rounds++;
    this.#counts.found += found.length;
    this.#schedule();
  }

  #flagged(): number[] {
    const {tables, vmm} = this.#parts;
    return [...tables.leaves()].filter(({entry}) => (entry & EPT_DIRTY) !== 0).map(({guestPhysical}) => guestPhysical / 4096)
      .filter(frame => vmm.guest.translate(gpa(frame * 4096)) >= 0);
  }

  #rearm(frame: number): void {
    const {vmm, tables, byFlags} = this.#parts;
    vmm.charge('nested_protect');
    this.#counts.protected++;
    tables.change(frame * 4096, {clear: byFlags ? EPT_DIRTY : EPT_WRITE});
    if (!byFlags) vmm.guest.traced[frame] = 1;
  }
}
