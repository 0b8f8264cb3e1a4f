// The driver domain with its back ends: how they come to run, what their calls to the hypervisor cost, and what is counted of them. The
// back ends themselves are the model's devices (src/devices/xen).
import {BackEndGrants, BlockDevice, NetworkDevice, XenBus} from 'worldswitch';
import type {DriverDomain, EventPort, GrantCall, Vmm, XenServices} from 'worldswitch';

/** The one guest there is. */
const GUEST = 1;

export interface RingOptions {
  /** Pages are copied by the hypervisor instead of mapped. */
  readonly copies: boolean;
  /** Mappings of the disk's pages are offered to be kept. */
  readonly persistent: boolean;
}

export class XenDriverDomain implements DriverDomain {
  readonly grants: BackEndGrants;
  readonly #vmm: Vmm;
  readonly #services: XenServices;
  readonly #block: BlockDevice | null;
  readonly #network: NetworkDevice | null;
  readonly #calls: Record<GrantCall, number> = {'map-grant-ref': 0, 'unmap-grant-ref': 0, copy: 0};
  readonly #operations: Record<GrantCall, number> = {'map-grant-ref': 0, 'unmap-grant-ref': 0, copy: 0};
  #fromGuest = 0;
  #toGuest = 0;
  #broken = 0;

  constructor(vmm: Vmm, services: XenServices, {copies, persistent}: RingOptions) {
    this.#vmm = vmm;
    this.#services = services;
    this.grants = new BackEndGrants(services.grants);
    this.grants.onCall = (call, operations, bytes) => this.#grantCall(call, operations, bytes);
    services.onStore = work => this.#inDomain('xenstore', work);
    const {disk, clock, devices: {wire}} = vmm.platform;
    this.#block = disk && new BlockDevice(this, {unit: disk, clock}, {copies, persistent});
    this.#network = wire && new NetworkDevice(this, wire, copies);
    for (const device of [this.#block, this.#network]) {
      if (device === null) continue;
      const bus = new XenBus(services.store, device, GUEST);
      device.backEnd.onBroken = why => {
        this.#broken++;
        bus.fail(why);
      };
    }
  }

  /** What the guest notifies runs in the driver domain, when it gets the processor. */
  bind(port: number, onNotified: () => void): EventPort | null {
    const bound = this.#services.events.bindBackEnd(port, () => {
      this.#fromGuest++;
      this.#vmm.charge('back_end_notify');
      this.#inDomain('event-channel', onNotified);
    });
    return bound && {
      notify: () => {
        this.#toGuest++;
        this.#call('event_channel_op', 'send');
        bound.notify();
      },
      close: () => bound.close(),
    };
  }

  statistics(): Readonly<Record<string, number>> {
    const grants = (['map-grant-ref', 'unmap-grant-ref', 'copy'] as const)
      .flatMap(call => [[`GNTTABOP ${call} calls`, this.#calls[call]], [`GNTTABOP ${call} pages`, this.#operations[call]]] as const);
    return {
      ...Object.fromEntries(grants), 'notifications to back ends': this.#fromGuest, 'notifications from back ends': this.#toGuest,
      ...(this.#block ? {'block requests': this.#block.backEnd.requests, 'block requests failed': this.#block.backEnd.failed} : {}),
      ...(this.#network ? this.#packets(this.#network.backEnd) : {}), 'devices broken': this.#broken,
    };
  }

  #packets({sent, received, dropped}: NetworkDevice['backEnd']): Readonly<Record<string, number>> {
    return {'packets sent': sent, 'packets received': received, 'packets dropped': dropped};
  }

  #inDomain(what: string, work: () => void): void {
    const {architecture} = this.#vmm.strategies;
    if (architecture.backEnd) architecture.backEnd(what, work);
    else architecture.deviceModel(what, work);
  }

  /** GNTTABOP_*, with all its operations. */
  #grantCall(call: GrantCall, operations: number, bytes: number): void {
    this.#calls[call]++;
    this.#operations[call] += operations;
    this.#call('grant_table_op', call);
    this.#vmm.charge(COST_OF[call], operations);
    if (bytes > 0) this.#vmm.charge('copy_kib', Math.ceil(bytes / 1024));
  }

  /** The driver domain's kernel is a guest of the hypervisor's too, so what it asks is a hypercall. */
  #call(reason: string, detail: string): void {
    const {world} = this.#vmm;
    world.hop({from: 'driver-kernel', to: 'vmm', kind: 'hypercall', reason, detail}, 'interrupt_gate');
    this.#vmm.charge('hypercall_dispatch');
    world.hop({from: 'vmm', to: 'driver-kernel', kind: 'return', reason, detail}, 'iret');
  }
}

const COST_OF = {'map-grant-ref': 'grant_map', 'unmap-grant-ref': 'grant_unmap', copy: 'grant_copy'} as const;
