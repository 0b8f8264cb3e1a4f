// A network card behind the network interface, on the bus. Xen, public/io/netif.h.
import type {Wire} from '../network/wire.ts';
import type {GrantedPage} from './back-end-grants.ts';
import {numberIn} from './block-device.ts';
import type {DriverDomain, EventPort} from './driver-domain.ts';
import {NetworkBackEnd, RECEIVE_SLOT, TRANSMIT_SLOT} from './network-back-end.ts';
import {SharedRing} from './shared-ring.ts';
import type {BusDevice} from './xenbus.ts';

export class NetworkDevice implements BusDevice {
  readonly kind = 'vif';
  readonly id = 0;
  readonly front: Readonly<Record<string, string>>;
  readonly back: Readonly<Record<string, string>>;
  readonly features = {'feature-rx-copy': '1', 'feature-rx-flip': '0', 'feature-sg': '1', 'feature-rx-notify': '1'};
  readonly backEnd: NetworkBackEnd;
  readonly #domain: DriverDomain;
  #pages: readonly GrantedPage[] = [];
  #port: EventPort | null = null;
  readonly #wire: Wire;

  constructor(domain: DriverDomain, wire: Wire, copies: boolean) {
    const mac = wire.address.map(byte => byte.toString(16).padStart(2, '0')).join(':');
    this.#domain = domain;
    this.front = {handle: '0', mac};
    this.back = {handle: '0', mac};
    this.backEnd = new NetworkBackEnd({port: wire, grants: domain.grants, copies});
    this.#wire = wire;
    const {onFrame} = wire;
    wire.onFrame = frame => (this.#port ? this.backEnd.accept(frame) : onFrame(frame));
  }

  connect(read: (name: string) => string | null): Readonly<Record<string, string>> | string {
    if (read('request-rx-copy') !== '1') return 'the front end does not ask for request-rx-copy';
    const [transmit, receive] = this.#domain.grants.map([numberIn(read('tx-ring-ref')), numberIn(read('rx-ring-ref'))], true) ?? [];
    if (transmit === undefined || receive === undefined) return `mapping shared-frames ${read('tx-ring-ref')}/${read('rx-ring-ref')}`;
    const port = this.#domain.bind(numberIn(read('event-channel')), () => this.backEnd.serve());
    if (port === null) {
      this.#domain.grants.unmap([transmit, receive]);
      return `binding event-channel ${read('event-channel')}`;
    }
    this.#pages = [transmit, receive];
    this.#wire.direct = true;
    this.#port = port;
    this.backEnd.connect({
      transmit: new SharedRing(transmit, TRANSMIT_SLOT), receive: new SharedRing(receive, RECEIVE_SLOT), notify: () => port.notify(),
    });
    return {'hotplug-status': 'connected'};
  }

  connected(): void {
    this.backEnd.serve();
  }

  disconnect(): void {
    this.backEnd.disconnect();
    this.#wire.direct = false;
    this.#port?.close();
    this.#domain.grants.unmap(this.#pages);
    this.#pages = [];
    this.#port = null;
  }
}
