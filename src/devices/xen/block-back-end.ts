// The back end of a block device: requests taken from the ring, their pages mapped or copied, the disk asked, responses put back. What a
// front end asks wrongly fails; a ring that breaks the rules stops the device and nothing else. Xen, public/io/blkif.h; Linux,
// drivers/block/xen-blkback.
import type {Alarm, DeviceClock} from '../bus.ts';
import {onDisk, requestTicks, SECTOR, type DiskUnit} from '../disk/disk.ts';
import type {BackEndGrants} from './back-end-grants.ts';
import {
  blockRequestOf, blockResponse, MOST_SEGMENTS, OPERATION_BARRIER, OPERATION_FLUSH, OPERATION_READ, OPERATION_WRITE, RESPONSE_ERROR, RESPONSE_OKAY,
  RESPONSE_UNSUPPORTED, type BlockLayout, type BlockRequest, type BlockSegment,
} from './block-ring.ts';
import {whileWhole, type SharedRing} from './shared-ring.ts';
import {CopiedSegments, MappedSegments, type SegmentAccess} from './segment-access.ts';

const SECTORS_IN_PAGE = 8;

export interface BlockLink {
  readonly ring: SharedRing;
  readonly layout: BlockLayout;
  /** The front end keeps granting the same pages, so their mappings are kept. */
  readonly persistent: boolean;
  /** Sends an event to the front end. */
  readonly notify: () => void;
}

export interface BlockBackEndParts {
  readonly unit: DiskUnit;
  readonly clock: DeviceClock;
  readonly grants: BackEndGrants;
  /** Segments are copied, not mapped. */
  readonly copies: boolean;
}

export class BlockBackEnd {
  readonly #parts: BlockBackEndParts;
  readonly #underWay = new Map<Alarm, SegmentAccess>();
  #link: BlockLink | null = null;
  #kept: MappedSegments | null = null;
  /** When the disk is through with what it has: requests follow each other. */
  #free = 0;
  /** Told why when the front end broke its ring. */
  onBroken: (why: string) => void = () => {};
  requests = 0;
  failed = 0;

  constructor(parts: BlockBackEndParts) {
    this.#parts = parts;
  }

  get sectors(): number {
    return this.#parts.unit.disk.sectors;
  }

  connect(link: BlockLink): void {
    this.#link = link;
    this.#kept = link.persistent && !this.#parts.copies ? new MappedSegments(this.#parts.grants, true) : null;
  }

  /** What is under way is forgotten, and every page let go. */
  disconnect(): void {
    for (const [alarm, access] of this.#underWay) {
      alarm.cancel();
      access.end();
    }
    this.#underWay.clear();
    this.#free = 0;
    this.#kept?.endAll();
    this.#kept = null;
    this.#link = null;
  }

  /** Takes what the front end has produced. */
  serve(): void {
    this.#guarded(link => {
      do {
        for (let bytes = link.ring.take(); bytes !== null; bytes = link.ring.take()) this.#start(link, blockRequestOf(bytes, link.layout));
      } while (link.ring.finalCheck());
      if (link.ring.push()) link.notify();
    });
  }

  #guarded(work: (link: BlockLink) => void): void {
    whileWhole(this.#link, work, why => {
      this.disconnect();
      this.onBroken(why);
    });
  }

  #start(link: BlockLink, request: BlockRequest): void {
    const {unit, clock} = this.#parts;
    this.requests++;
    const access = this.#accept(request);
    if (typeof access === 'number') return this.#respond(link, request, access);
    const bytes = request.operation === OPERATION_FLUSH ? 0 : bytesOf(request.segments);
    const written = request.operation === OPERATION_READ ? null : access.gather();
    if (request.operation !== OPERATION_READ && written === null) return this.#respond(link, request, RESPONSE_ERROR);
    unit.onRequest?.(bytes, true);
    this.#free = Math.max(this.#free, clock.now()) + requestTicks(clock, unit.speed, bytes);
    const alarm = clock.schedule(this.#free, () => {
      this.#underWay.delete(alarm);
      this.#guarded(present => {
        this.#respond(present, request, this.#carryOut(request, access, written));
        if (present.ring.push()) present.notify();
      });
    }, 'disk');
    this.#underWay.set(alarm, access);
  }

  /** The request's pages, or the status it fails with. */
  #accept({operation, segmentCount, segments, sector}: BlockRequest): SegmentAccess | number {
    const {grants, copies, unit} = this.#parts;
    if (operation === OPERATION_FLUSH) return new CopiedSegments(grants, []);
    if (operation !== OPERATION_READ && operation !== OPERATION_WRITE && operation !== OPERATION_BARRIER) return RESPONSE_UNSUPPORTED;
    const empty = segmentCount === 0 && operation !== OPERATION_BARRIER;
    if (empty || segmentCount > MOST_SEGMENTS || !segments.every(isSegment) || !onDisk(unit.disk, sector, bytesOf(segments) / SECTOR)) return RESPONSE_ERROR;
    const pieces = segments.map(({reference, first, last}) => ({reference, offset: first * SECTOR, length: (last - first + 1) * SECTOR}));
    if (copies) return new CopiedSegments(grants, pieces);
    return (this.#kept ?? new MappedSegments(grants, false)).begin(pieces, operation === OPERATION_READ) ?? RESPONSE_ERROR;
  }

  #carryOut({operation, sector, segments}: BlockRequest, access: SegmentAccess, written: Uint8Array | null): number {
    const {disk} = this.#parts.unit;
    let well = true;
    if (operation === OPERATION_READ) {
      const bytes = new Uint8Array(bytesOf(segments));
      disk.read(sector, bytes);
      well = access.scatter(bytes);
    } else if (written !== null && written.length > 0) disk.write(sector, written);
    access.end();
    return well ? RESPONSE_OKAY : RESPONSE_ERROR;
  }

  #respond({ring, layout}: BlockLink, request: BlockRequest, status: number): void {
    if (status !== RESPONSE_OKAY) this.failed++;
    ring.put(blockResponse(request, status, layout));
  }
}

const isSegment = ({first, last}: BlockSegment): boolean => first <= last && last < SECTORS_IN_PAGE;
const bytesOf = (segments: readonly BlockSegment[]): number => segments.reduce((sum, {first, last}) => sum + (last - first + 1) * SECTOR, 0);
