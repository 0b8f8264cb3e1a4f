// A disk behind the block interface, on the bus: what its handshake tells and asks. Xen, public/io/blkif.h, "XenStore nodes".
import {BlockBackEnd, type BlockBackEndParts} from './block-back-end.ts';
import {BLOCK_LAYOUTS, NATIVE_PROTOCOL} from './block-ring.ts';
import type {DriverDomain, EventPort} from './driver-domain.ts';
import {GrantedPage} from './back-end-grants.ts';
import {SharedRing} from './shared-ring.ts';
import type {BusDevice} from './xenbus.ts';

/** The first virtual disk, xvda: major number 202. */
const VIRTUAL_DEVICE = 202 << 8;
const SECTOR_BYTES = '512';

export interface BlockDeviceOptions {
  readonly copies: boolean;
  /** Offers to keep mappings. */
  readonly persistent: boolean;
}

export class BlockDevice implements BusDevice {
  readonly kind = 'vbd';
  readonly id = VIRTUAL_DEVICE;
  readonly front = {'virtual-device': String(VIRTUAL_DEVICE), 'device-type': 'disk'};
  readonly back = {'virtual-device': String(VIRTUAL_DEVICE), dev: 'xvda', mode: 'w', removable: '0', bootable: '1'};
  readonly features: Readonly<Record<string, string>>;
  readonly backEnd: BlockBackEnd;
  readonly #domain: DriverDomain;
  readonly #persistent: boolean;
  #page: GrantedPage | null = null;
  #port: EventPort | null = null;

  constructor(domain: DriverDomain, parts: Omit<BlockBackEndParts, 'grants' | 'copies'>, {copies, persistent}: BlockDeviceOptions) {
    this.#domain = domain;
    this.#persistent = persistent && !copies;
    this.backEnd = new BlockBackEnd({...parts, grants: domain.grants, copies});
    this.features = {'feature-barrier': '1', 'feature-flush-cache': '1', 'feature-persistent': this.#persistent ? '1' : '0', 'max-ring-page-order': '0'};
  }

  connect(read: (name: string) => string | null): Readonly<Record<string, string>> | string {
    const protocol = read('protocol') ?? NATIVE_PROTOCOL;
    const layout = Object.hasOwn(BLOCK_LAYOUTS, protocol) ? BLOCK_LAYOUTS[protocol] : undefined;
    if (layout === undefined) return `unknown fe protocol ${protocol}`;
    const [page] = this.#domain.grants.map([numberIn(read('ring-ref'))], true) ?? [];
    if (page === undefined) return `mapping ring-ref ${read('ring-ref')}`;
    const port = this.#domain.bind(numberIn(read('event-channel')), () => this.backEnd.serve());
    if (port === null) {
      this.#domain.grants.unmap([page]);
      return `binding event-channel ${read('event-channel')}`;
    }
    this.#page = page;
    this.#port = port;
    this.backEnd.connect({
      ring: new SharedRing(page, layout.slot), layout, persistent: this.#persistent && read('feature-persistent') === '1', notify: () => port.notify(),
    });
    return {sectors: String(this.backEnd.sectors), info: '0', 'sector-size': SECTOR_BYTES, 'physical-sector-size': SECTOR_BYTES};
  }

  connected(): void {
    this.backEnd.serve();
  }

  disconnect(): void {
    this.backEnd.disconnect();
    this.#port?.close();
    if (this.#page) this.#domain.grants.unmap([this.#page]);
    this.#page = null;
    this.#port = null;
  }
}

/** What a node says as a number; what is none refers to nothing. */
export const numberIn = (text: string | null): number => (text !== null && /^\d{1,10}$/.test(text) ? Number(text) : 0xffff_ffff);
