// The emulator's translation path: a direct-mapped table of translations and, when it has none, a walk of the guest's own
// tables in software, every reference charged. Probes of the table are charged with the instruction that makes them.
import {
  ACCESS_FETCH, ACCESS_USER, ACCESS_WRITE, costNumber, CR0_WP, DEVICE, FAULT, FAULTED, HOST_BASE, MAPS_FRAGMENT, recordPageFault, rightsOf, Tlb, TwoLevelWalker,
  SUPERVISOR_WRITE, USER_READ, USER_WRITE, WALK_DONE,
} from 'worldswitch';
import type {Cpu, Gpa, Mmu, TlbSide, Vmm} from 'worldswitch';

const HOST_FRAME_ENDS = 12;
/** Translations to no memory are kept beyond every host-physical address. */
const DEVICES = 2 ** 32;

export class SoftwareMmu implements Mmu {
  readonly #vmm: Vmm;
  readonly #tlb: Tlb;
  readonly #walker: TwoLevelWalker;
  misses = 0;
  flushes = 0;
  invalidations = 0;
  /** Pieces of the guest's 4 MiB pages that were put into the tables. */
  pieces = 0;
  /** Some may still be there. */
  #hasPieces = false;

  constructor(vmm: Vmm, entries: number) {
    this.#vmm = vmm;
    const direct = {entries, ways: 1};
    this.#tlb = new Tlb(vmm.platform.memory, {
      data: direct, instruction: direct, secondLevel: null, secondLevelLarge: false, largeData: null, largeInstruction: null, source: 'option of software-mmu', grade: 'estimated',
    });
    this.#walker = new TwoLevelWalker(vmm.guest.tables);
  }

  data(c: Cpu, linear: number, right: number): number {
    const {data, found} = this.#tlb;
    const known = this.#tlb.find(data, linear) && (rightsOf(found.maps, (c.cr0 & CR0_WP) !== 0) & right) !== 0;
    if (!known && !this.#walk(c, data, linear, accessOf(right))) return FAULTED;
    return this.#offset(c, data, linear);
  }

  fetch(c: Cpu, linear: number): number {
    const {fetch, found} = this.#tlb;
    const known = this.#tlb.find(fetch, linear) && (rightsOf(found.maps, true) & c.readRight) !== 0;
    if (!known && !this.#walk(c, fetch, linear, ACCESS_FETCH | (c.cpl === 3 ? ACCESS_USER : 0))) throw FAULT;
    return this.#offset(c, fetch, linear);
  }

  readTable(_c: Cpu, address: number): number {
    return this.#walker.readTable(address);
  }

  /**
   * Where pieces of larger pages may be, both tables are scanned for those of the page that the address is in, whichever of its addresses
   * INVLPG named (Intel SDM vol. 3A, 4.10.4.1); else one place of each is looked at.
   */
  invalidate(linear: number): void {
    this.invalidations++;
    if (this.#hasPieces) this.#vmm.charge('soft_tlb_flush');
    this.#tlb.invalidate(linear);
  }

  flush(globals: boolean): void {
    this.flushes++;
    this.#vmm.charge('soft_tlb_flush');
    this.#tlb.flush(globals);
    if (globals) this.#hasPieces = false;
  }

  setWriteProtect(on: boolean): void {
    this.#tlb.setWriteProtect(on);
  }

  /** Stores to a frame that holds decoded code take the slow path from now on. */
  protectCode(frame: number): void {
    this.#tlb.protectCode(frame);
  }

  /** False when it ended in a page fault of the guest, which is then recorded. */
  #walk(c: Cpu, side: TlbSide, linear: number, access: number): boolean {
    const {found} = this.#tlb;
    const {record} = this.#walker;
    this.misses++;
    const outcome = this.#walker.walk(c, linear, access, found);
    c.spend(costNumber.soft_walk_reference, record.references);
    if (outcome !== WALK_DONE) {
      this.#tlb.invalidate(linear);
      recordPageFault(c, linear, record.errorCode);
      return false;
    }
    this.#toHost(linear);
    this.#tlb.insert(side, linear);
    return true;
  }

  /** Whatever size the guest's page has, the entry is for 4 KiB: the frames behind it lie scattered. */
  #toHost(linear: number): void {
    const {found} = this.#tlb;
    const within = linear & ((1 << found.pageShift) - 1) & -(1 << HOST_FRAME_ENDS);
    const guest = found.page + within;
    if (found.pageShift > HOST_FRAME_ENDS) {
      found.maps |= MAPS_FRAGMENT;
      this.#hasPieces = true;
      this.pieces++;
    }
    const host = this.#vmm.guest.translate(guest as Gpa);
    found.page = host >= 0 ? host : DEVICES + guest;
    found.pageShift = HOST_FRAME_ENDS;
  }

  #offset(c: Cpu, side: TlbSide, linear: number): number {
    const address = this.#tlb.found.page + (linear & 0xfff);
    if (address >= DEVICES) {
      c.deviceAddress = address - DEVICES;
      return DEVICE;
    }
    this.#tlb.show(side, linear);
    return HOST_BASE + address;
  }
}

function accessOf(right: number): number {
  const write = right === USER_WRITE || right === SUPERVISOR_WRITE;
  return (write ? ACCESS_WRITE : 0) | (right === USER_READ || right === USER_WRITE ? ACCESS_USER : 0);
}
