// What Xen and the tools of the control domain give every guest that knows of them: event channels, grants, and the store. An I/O strategy
// that is a split driver puts its back ends behind them.
import {GrantTable} from '../../devices/xen/grant-table.ts';
import {StoreMessages} from '../../devices/xen/store-messages.ts';
import {StoreRing} from '../../devices/xen/store-ring.ts';
import {Store} from '../../devices/xen/store.ts';
import {DOMAIN_ID, STORE_PORT} from '../paravirtual/abi.ts';
import {EventChannels} from './event-channels.ts';
import {GrantCalls} from './grant-calls.ts';
import type {XenGuest, XenMemory} from './guest.ts';

export class XenServices {
  readonly events: EventChannels;
  readonly grants: GrantTable;
  readonly grantCalls: GrantCalls;
  readonly store = new Store();
  /** How the store's daemon comes to its work: it is a program of the control domain. */
  onStore: (work: () => void) => void = work => work();

  constructor(guest: XenGuest, memory: XenMemory) {
    this.events = new EventChannels(guest);
    this.grants = new GrantTable(memory.grants);
    this.grantCalls = new GrantCalls({copy: guest.copy, table: this.grants, memory});
    this.store.writeAll(`/local/domain/${DOMAIN_ID}`, {domid: String(DOMAIN_ID), name: 'guest', 'memory/target': '0'});
    const ring = new StoreRing(memory.store, new StoreMessages(this.store, DOMAIN_ID), () => this.events.raisePort(STORE_PORT));
    this.events.onNotified.set(STORE_PORT, () => this.onStore(() => ring.serve()));
  }
}
