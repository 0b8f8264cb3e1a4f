// The handshake of a front end and a back end over the store: each tells in a node how far it is, and watches the other's. Xen,
// public/io/xenbus.h; Xen, docs/misc/xenstore-paths.
import type {Store} from './store.ts';

/** enum xenbus_state. */
export const STATE = {initialising: '1', waiting: '2', initialised: '3', connected: '4', closing: '5', closed: '6'} as const;

type Nodes = Readonly<Record<string, string>>;

/** A kind of device as the handshake knows it. */
export interface BusDevice {
  /** `vbd` or `vif`. */
  readonly kind: string;
  readonly id: number;
  /** What the tools tell the front end before it looks. */
  readonly front: Nodes;
  readonly back: Nodes;
  /** What the back end can do, told before the front end decides. */
  readonly features: Nodes;
  /** Takes what the front end has told; what it is told in return, or a sentence that says what was wrong with it. */
  connect(read: (name: string) => string | null): Nodes | string;
  /** The front end has been told; what it had asked before is taken now. */
  connected(): void;
  disconnect(): void;
}

export class XenBus {
  readonly #store: Store;
  readonly #device: BusDevice;
  readonly #front: string;
  readonly #back: string;
  #state = '';

  constructor(store: Store, device: BusDevice, guest: number) {
    this.#store = store;
    this.#device = device;
    this.#front = `/local/domain/${guest}/device/${device.kind}/${device.id}`;
    this.#back = `/local/domain/0/backend/${device.kind}/${guest}/${device.id}`;
    store.writeAll(this.#back, {frontend: this.#front, 'frontend-id': String(guest), online: '1', ...device.back});
    store.writeAll(this.#front, {backend: this.#back, 'backend-id': '0', state: STATE.initialising, ...device.front});
    store.watch({path: `${this.#front}/state`, told: () => this.#frontChanged(store.read(`${this.#front}/state`) ?? STATE.closed)});
  }

  get state(): string {
    return this.#state;
  }

  /** The front end broke the rules: nothing is done for it until it begins anew. Linux, xenbus_dev_fatal. */
  fail(why: string): void {
    this.#store.write(`${this.#back}/error`, why);
    this.#device.disconnect();
    this.#setState(STATE.closing);
  }

  #frontChanged(front: string): void {
    if (front === STATE.initialising) this.#begin();
    else if (front === STATE.initialised || front === STATE.connected) this.#connect();
    else if (front === STATE.closing) this.#end(STATE.closing);
    else if (front === STATE.closed) this.#end(STATE.closed);
  }

  #begin(): void {
    if (this.#state === STATE.connected) this.#device.disconnect();
    this.#store.writeAll(this.#back, this.#device.features);
    this.#setState(STATE.waiting);
  }

  #connect(): void {
    if (this.#state !== STATE.waiting) return;
    const told = this.#device.connect(name => this.#store.read(`${this.#front}/${name}`));
    if (typeof told === 'string') return this.fail(told);
    this.#store.writeAll(this.#back, told);
    this.#setState(STATE.connected);
    this.#device.connected();
  }

  #end(state: string): void {
    if (this.#state === STATE.connected) this.#device.disconnect();
    this.#setState(state);
  }

  #setState(state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#store.write(`${this.#back}/state`, state);
  }
}
