// The modelled hardware's translation path: second look into the TLB, then the walker, every reference charged.
// Intel SDM vol. 3A, 4.10.
import {costNumber} from '../host/costs.ts';
import {HOST_BASE} from '../memory/layout.ts';
import type {Tlb, TlbSide} from '../memory/tlb.ts';
import {fetchRightsOf, rightsOf, SUPERVISOR_READ, SUPERVISOR_WRITE, USER_READ, USER_WRITE} from '../memory/translation.ts';
import {ACCESS_FETCH, ACCESS_USER, ACCESS_WRITE, WALK_DONE, WALK_FAULT, type Walker} from '../memory/walk.ts';
import {CR0_WP} from '../x86/control.ts';
import {recordPageFault} from './fault.ts';
import {DEVICE, FAULTED, type Mmu} from './mmu.ts';
import {nestedViolation} from './nonroot.ts';
import {FAULT} from './signal.ts';
import {isApicAccess} from './virtual-apic/accesses.ts';
import type {Cpu} from './state.ts';

const WALK_REFERENCE = costNumber.walk_reference;
const SECOND_HIT = costNumber.second_tlb_hit;

const ACCESS_OF: Readonly<Record<number, number>> = {
  [SUPERVISOR_READ]: 0, [SUPERVISOR_WRITE]: ACCESS_WRITE, [USER_READ]: ACCESS_USER, [USER_WRITE]: ACCESS_USER | ACCESS_WRITE,
};

export class HardwareMmu implements Mmu {
  readonly tlb: Tlb;
  walker: Walker;

  constructor(tlb: Tlb, walker: Walker) {
    this.tlb = tlb;
    this.walker = walker;
  }

  data(c: Cpu, linear: number, right: number): number {
    const {tlb} = this;
    if (!this.#find(c, tlb.data, linear) || (rightsOf(tlb.found.maps, this.#writeProtect(c)) & right) === 0) {
      if (!this.#walk(c, tlb.data, linear, ACCESS_OF[right])) return FAULTED;
    }
    return this.#offset(c, tlb.data, linear);
  }

  fetch(c: Cpu, linear: number): number {
    const {tlb} = this;
    if (!this.#find(c, tlb.fetch, linear) || (fetchRightsOf(tlb.found.maps) & c.readRight) === 0) {
      if (!this.#walk(c, tlb.fetch, linear, ACCESS_FETCH | (c.cpl === 3 ? ACCESS_USER : 0))) throw FAULT;
    }
    return this.#offset(c, tlb.fetch, linear);
  }

  readTable(c: Cpu, address: number): number {
    const word = this.walker.readTable?.(address) ?? null;
    // Why not outside: a VMM that changes paging registers loads the pointers itself.
    if (word === null && c.nonRoot) nestedViolation(c, 0, 0, this.walker.record);
    return word ?? 0;
  }

  /** Intel SDM vol. 3A, 4.10.4.1: INVLPG empties the paging-structure caches, whatever its address. */
  invalidate(linear: number): void {
    this.tlb.invalidate(linear);
    this.walker.forget(null);
  }

  flush(globals: boolean): void {
    this.tlb.flush(globals);
    this.walker.forget(null);
  }

  setWriteProtect(on: boolean): void {
    this.tlb.setWriteProtect(on);
  }

  #writeProtect(c: Cpu): boolean {
    return (c.cr0 & CR0_WP) !== 0;
  }

  /** Both levels; a hit in the second is slower than one in the first. */
  #find(c: Cpu, side: TlbSide, linear: number): boolean {
    const found = this.tlb.find(side, linear);
    if (this.tlb.second) c.spend(SECOND_HIT);
    return found;
  }

  /** False when it ended in a page fault, which is then recorded. */
  #walk(c: Cpu, side: TlbSide, linear: number, access: number): boolean {
    const {record} = this.walker;
    const outcome = this.walker.walk(c, linear, access, this.tlb.found);
    c.spend(WALK_REFERENCE, record.references);
    if (outcome === WALK_DONE) {
      this.tlb.insert(side, linear);
      return true;
    }
    // Intel SDM vol. 3A, 4.10.4.1: a page fault invalidates the TLB's and the paging-structure caches' entries for its address.
    this.tlb.invalidate(linear);
    this.walker.forget(linear);
    if (outcome !== WALK_FAULT) nestedViolation(c, linear, access, record);
    recordPageFault(c, linear, record.errorCode);
    return false;
  }

  #offset(c: Cpu, side: TlbSide, linear: number): number {
    const {found} = this.tlb;
    const address = found.page + (linear & ((1 << found.pageShift) - 1));
    // Why not shown in the view: each access to the APIC-access page is to come here.
    if (address < this.tlb.memorySize && !isApicAccess(c, address)) {
      this.tlb.show(side, linear);
      return HOST_BASE + address;
    }
    c.deviceAddress = address;
    return DEVICE;
  }
}
