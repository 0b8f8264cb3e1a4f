// The protection domain of the guest: tables that let its devices reach its memory and nothing else. The guest's frames are scattered over the
// host's memory, and all of them are mapped, and so pinned, from the start: nobody can tell where a device will be sent.
// Intel VT-d (D51397), 3.4.3 and 3.7; Linux, drivers/vfio/vfio_iommu_type1.c, vfio_pin_map_dma.
import {
  DMA_CONTEXT_ENTRY_BYTES, DMA_DOMAIN_SHIFT, DMA_PRESENT, DMA_READ, DMA_WIDTH_39, DMA_WRITE, faultMeaning, HOST_BASE, hpa, INTERRUPT_ENTRY_BYTES,
  INTERRUPT_ENTRY_POSTED, INTERRUPT_ENTRY_PRESENT, INTERRUPT_VECTOR_SHIFT, IommuUnit, RemappedBus, requesterText, VERIFY_REQUESTER,
} from 'worldswitch';
import type {AssignableFunction, Vmm} from 'worldswitch';

const DOMAIN = 1;
const LEVELS = 3;
const ENTRIES = 512, ENTRY_BYTES = 8;

export class DmaDomain {
  readonly unit: IommuUnit;
  readonly bus: RemappedBus;
  /** Pages mapped, and tables that it takes. */
  pages = 0;
  tables = 0;
  /** Pages that the memory strategy watches for the guest's writes, written by a device behind its back. */
  unseenWrites = 0;
  readonly #vmm: Vmm;
  readonly #top: number;

  constructor(vmm: Vmm, functions: readonly AssignableFunction[]) {
    this.#vmm = vmm;
    const {memory} = vmm.platform;
    this.unit = new IommuUnit({size: memory.size, read32: address => memory.read32(hpa(address))});
    this.bus = new RemappedBus(this.unit, {
      size: memory.size,
      copyOut: (address, into) => into.set(memory.u8.subarray(HOST_BASE + address, HOST_BASE + address + into.length)),
      copyIn: (address, from) => memory.writeBytes(hpa(address), from),
    });
    this.bus.onWrite = page => this.#written(page);
    this.unit.faults.onFault = ({requester, address, write, reason}) => vmm.platform.recorder.notes.push(
      `the IOMMU refused device ${requesterText(requester)} a ${write ? 'write' : 'read'} at 0x${address.toString(16)}: ${faultMeaning(reason)}`);
    this.#top = this.#newTable();
    for (let frame = 0; frame < vmm.guest.frames; frame++) this.map(frame, vmm.guest.hostFrame(frame));
    this.#attach(functions);
  }

  /** Lets the domain's devices reach a frame. */
  map(guestFrame: number, hostFrame: number): void {
    let table = this.#top;
    for (let level = LEVELS - 1; level > 0; level--) table = this.#below(table + indexOf(guestFrame, level) * ENTRY_BYTES);
    this.#vmm.charge('iommu_map');
    this.pages++;
    this.#write(table + indexOf(guestFrame, 0) * ENTRY_BYTES, (hostFrame * 4096) | DMA_READ | DMA_WRITE);
  }

  /** Takes a frame back; the unit must forget it before it is anybody else's. */
  unmap(guestFrame: number): void {
    let table = this.#top;
    for (let level = LEVELS - 1; level > 0; level--) table = this.#below(table + indexOf(guestFrame, level) * ENTRY_BYTES);
    this.pages--;
    this.#write(table + indexOf(guestFrame, 0) * ENTRY_BYTES, 0);
    this.unit.invalidateIotlb(DOMAIN, guestFrame);
    this.#vmm.charge('iommu_invalidate');
  }

  /** Writes an entry of the remapping table: a function's messages become a vector, of the host's or posted to the guest, and nobody else's do. */
  takeMessages({requester}: AssignableFunction, index: number, {vector, posted}: {readonly vector: number; readonly posted: boolean}): void {
    const {interrupts} = this.unit;
    if (interrupts.entries === 0) {
      interrupts.table = this.#newTable();
      interrupts.entries = 4096 / INTERRUPT_ENTRY_BYTES;
    }
    const at = interrupts.table + index * INTERRUPT_ENTRY_BYTES;
    this.#write(at + 8, requester | VERIFY_REQUESTER);
    this.#write(at, (vector << INTERRUPT_VECTOR_SHIFT) | (posted ? INTERRUPT_ENTRY_POSTED : 0) | INTERRUPT_ENTRY_PRESENT);
  }

  statistics(): Readonly<Record<string, number>> {
    const {counts, faults} = this.unit;
    return {
      'DMA bytes': this.bus.bytes, 'DMA pages mapped': this.pages, 'IOTLB hits': counts.hits, 'IOTLB misses': counts.misses,
      'IOMMU walk references': counts.walkReferences, 'IOTLB invalidations': counts.iotlbInvalidations, 'DMA faults': faults.total,
      ...(this.unseenWrites > 0 ? {'DMA writes to traced pages': this.unseenWrites} : {}),
    };
  }

  /** Root and context tables: the functions given away belong to the domain, every other function to none. */
  #attach(functions: readonly AssignableFunction[]): void {
    const root = this.#newTable();
    const contexts = this.#newTable();
    this.#write(root, contexts | DMA_PRESENT);
    for (const {requester} of functions) {
      const at = contexts + requester * DMA_CONTEXT_ENTRY_BYTES;
      this.#write(at + 8, (DOMAIN << DMA_DOMAIN_SHIFT) | DMA_WIDTH_39);
      this.#write(at, this.#top | DMA_PRESENT);
    }
    this.unit.rootTable = root;
    this.unit.invalidateContexts();
    this.unit.invalidateIotlb();
    this.#vmm.charge('iommu_invalidate', 2);
  }

  #written(page: number): void {
    if (!this.#vmm.guest.isTraced(page)) return;
    this.unseenWrites++;
    if (this.unseenWrites === 1) this.#vmm.platform.recorder.notes.push('a device wrote to a page whose writes the shadow page tables have to see: DMA tells them nothing');
  }

  #below(entryAt: number): number {
    const {memory} = this.#vmm.platform;
    const entry = memory.read32(hpa(entryAt));
    if (entry !== 0) return (entry & -4096) >>> 0;
    const table = this.#newTable();
    this.#write(entryAt, table | DMA_READ | DMA_WRITE);
    return table;
  }

  #newTable(): number {
    const frame = this.#vmm.frames.take();
    if (frame < 0) throw new Error('no host frame is left for a table of the IOMMU');
    this.tables++;
    return frame * 4096;
  }

  #write(at: number, entry: number): void {
    this.#vmm.platform.memory.write32(hpa(at), entry);
  }
}

const indexOf = (frame: number, level: number): number => Math.floor(frame / ENTRIES ** level) % ENTRIES;
