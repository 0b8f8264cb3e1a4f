// Event channels: ports bound to virtual interrupts, to the VCPU itself, or to the control domain. A pending port that is not
// masked makes the guest's upcall pending; whether it is taken the guest's own mask decides. Xen, public/event_channel.h.
import type {EventPort} from '../../devices/xen/driver-domain.ts';
import {
  CONSOLE_PORT, CONTROL_DOMAIN, DOMAIN_ID, DOMID_SELF, EEXIST, EINVAL, ENOENT, ENOSPC, ENOSYS, EPERM, ESRCH, EVENT_PORTS, SHARED_INFO, STORE_PORT,
} from '../paravirtual/abi.ts';
import type {XenGuest} from './guest.ts';

const BIND_INTERDOMAIN = 0, BIND_VIRQ = 1, BIND_PIRQ = 2, CLOSE = 3, SEND = 4, STATUS = 5, ALLOC_UNBOUND = 6, BIND_IPI = 7, BIND_VCPU = 8, UNMASK = 9, RESET = 10;
/** EVTCHNSTAT_*. */
const STATUS_OF = {free: 0, unbound: 1, interdomain: 2, virq: 4, ipi: 5} as const;
const VIRQS = 24;

interface Channel {
  readonly kind: 'unbound' | 'interdomain' | 'virq' | 'ipi';
  /** A VIRQ's number, else the domain at the other end. */
  readonly peer: number;
  /** The port at the other end, in the domain itself. */
  readonly port?: number;
  /** A back end at the other end: its port, and what it does when notified. */
  readonly backEnd?: {readonly port: number; readonly notified: () => void};
}

export class EventChannels {
  readonly #domain: XenGuest;
  readonly #channels: Array<Channel | null> = Array.from({length: EVENT_PORTS}, () => null);
  /** Ports of the control domain: what its programs do when notified. */
  readonly onNotified = new Map<number, () => void>();
  sent = 0;
  /** Ports of the control domain given to back ends so far, behind those of its own. */
  #backEndPorts = 16;

  constructor(domain: XenGuest) {
    this.#domain = domain;
    this.#channels[STORE_PORT] = {kind: 'interdomain', peer: CONTROL_DOMAIN};
    this.#channels[CONSOLE_PORT] = {kind: 'interdomain', peer: CONTROL_DOMAIN};
  }

  get upcallMasked(): boolean {
    return this.#domain.readSharedByte(SHARED_INFO.upcallMask) !== 0;
  }
  set upcallMasked(masked: boolean) {
    this.#domain.writeSharedByte(SHARED_INFO.upcallMask, masked ? 1 : 0);
  }
  get upcallPending(): boolean {
    return this.#domain.readSharedByte(SHARED_INFO.upcallPending) !== 0;
  }

  /** Whether a port is pending, masked or not. */
  isPending(port: number): boolean {
    return this.#bit(SHARED_INFO.pending, port);
  }

  raiseVirq(virq: number): void {
    const port = this.#channels.findIndex(channel => channel?.kind === 'virq' && channel.peer === virq);
    if (port >= 0) this.#setPending(port);
  }
  isVirqBound(virq: number): boolean {
    return this.#channels.some(channel => channel?.kind === 'virq' && channel.peer === virq);
  }
  raisePort(port: number): void {
    if (this.#channels[port] !== null) this.#setPending(port);
  }

  /** A back end binds to a port that the guest left unbound for its domain; null when there is none. Both ends see an event at once. */
  bindBackEnd(port: number, notified: () => void): EventPort | null {
    const offered = this.#valid(port);
    if (offered?.kind !== 'unbound' || offered.peer !== CONTROL_DOMAIN) return null;
    const channel: Channel = {kind: 'interdomain', peer: CONTROL_DOMAIN, backEnd: {port: this.#backEndPorts++, notified}};
    this.#channels[port] = channel;
    const stands = (): boolean => this.#channels[port] === channel;
    return {
      notify: () => { if (stands()) this.#setPending(port); },
      close: () => { if (stands()) this.#channels[port] = offered; },
    };
  }

  operate(command: number, argument: number): number {
    const {copy} = this.#domain;
    const words = (count: number): Int32Array => copy.readWords(argument, count);
    switch (command) {
      case BIND_INTERDOMAIN: return this.#bindInterdomain(argument, words(2));
      case BIND_VIRQ: return this.#bindVirq(argument, words(2));
      case BIND_PIRQ: return -EPERM;
      case CLOSE: return this.#close(words(1)[0]);
      case SEND: return this.#send(words(1)[0]);
      case STATUS: return this.#status(argument, words(2));
      case ALLOC_UNBOUND: return this.#allocUnbound(argument, words(1)[0]);
      case BIND_IPI: return words(1)[0] === 0 ? this.#bind(argument + 4, {kind: 'ipi', peer: 0}) : -ENOENT;
      case BIND_VCPU: return this.#bindVcpu(words(2));
      case UNMASK: return this.#unmask(words(1)[0]);
      case RESET: return this.#reset(words(1)[0] & 0xffff);
      default: return -ENOSYS;
    }
  }

  #valid(port: number): Channel | null {
    return port > 0 && port < EVENT_PORTS ? this.#channels[port] : null;
  }

  /** A free port for a channel, written where the guest wants to read it. */
  #bind(result: number, channel: Channel): number {
    const port = this.#channels.indexOf(null, 1);
    if (port < 0) return -ENOSPC;
    this.#domain.copy.write32(result, port);
    this.#channels[port] = channel;
    return 0;
  }

  /** With an unbound port of its own; nobody in the control domain offers ports beyond those a domain is born with. */
  #bindInterdomain(argument: number, [domain, remote]: Int32Array): number {
    const other = domain & 0xffff;
    if (other !== DOMAIN_ID && other !== DOMID_SELF) return other === CONTROL_DOMAIN ? -EINVAL : -ESRCH;
    const channel = this.#valid(remote);
    if (channel?.kind !== 'unbound' || (channel.peer !== DOMAIN_ID && channel.peer !== DOMID_SELF)) return -EINVAL;
    const result = this.#bind(argument + 8, {kind: 'interdomain', peer: DOMAIN_ID, port: remote});
    if (result < 0) return result;
    const local = this.#domain.copy.read32(argument + 8);
    this.#channels[remote] = {kind: 'interdomain', peer: DOMAIN_ID, port: local};
    this.#setPending(local);
    return 0;
  }

  #bindVirq(argument: number, [virq, vcpu]: Int32Array): number {
    if (virq >>> 0 >= VIRQS) return -EINVAL;
    if (vcpu !== 0) return -ENOENT;
    return this.isVirqBound(virq) ? -EEXIST : this.#bind(argument + 8, {kind: 'virq', peer: virq});
  }

  /** struct evtchn_alloc_unbound: two domains of 16 bits, then the port. */
  #allocUnbound(argument: number, domains: number): number {
    const owner = domains & 0xffff;
    if (owner !== DOMID_SELF && owner !== DOMAIN_ID) return -EPERM;
    return this.#bind(argument + 4, {kind: 'unbound', peer: domains >>> 16});
  }

  #close(port: number): number {
    const channel = this.#valid(port);
    if (channel === null) return -EINVAL;
    this.#clearBit(SHARED_INFO.pending, port);
    this.#channels[port] = null;
    if (channel.port !== undefined) this.#channels[channel.port] = {kind: 'unbound', peer: DOMAIN_ID};
    return 0;
  }

  #send(port: number): number {
    const channel = this.#valid(port);
    if (channel === null) return -EINVAL;
    this.sent++;
    if (channel.kind === 'ipi') this.#setPending(port);
    else if (channel.port !== undefined) this.#setPending(channel.port);
    else if (channel.backEnd !== undefined) channel.backEnd.notified();
    else if (channel.kind === 'interdomain') this.onNotified.get(port)?.();
    else if (channel.kind !== 'unbound') return -EINVAL;
    return 0;
  }

  /** struct evtchn_status: domain, port, status, vcpu, and what it is bound to. */
  #status(argument: number, [domain, port]: Int32Array): number {
    if ((domain & 0xffff) !== DOMID_SELF && (domain & 0xffff) !== DOMAIN_ID) return -EPERM;
    if (port >>> 0 >= EVENT_PORTS) return -EINVAL;
    const channel = this.#channels[port];
    const other = channel?.kind === 'interdomain' ? channel.port ?? channel.backEnd?.port ?? port : 0;
    this.#domain.copy.writeWords(argument + 8, [STATUS_OF[channel?.kind ?? 'free'], 0, channel?.peer ?? 0, other]);
    return 0;
  }

  #bindVcpu([port, vcpu]: Int32Array): number {
    if (vcpu !== 0) return -ENOENT;
    return this.#valid(port) === null ? -EINVAL : 0;
  }

  #unmask(port: number): number {
    if (port >>> 0 >= EVENT_PORTS) return -EINVAL;
    this.#clearBit(SHARED_INFO.mask, port);
    if (this.isPending(port)) this.#select(port);
    return 0;
  }

  #reset(domain: number): number {
    if (domain !== DOMID_SELF && domain !== DOMAIN_ID) return -EPERM;
    for (let port = 0; port < EVENT_PORTS; port++) if (this.#channels[port] !== null) this.#close(port);
    return 0;
  }

  #setPending(port: number): void {
    if (this.#bit(SHARED_INFO.pending, port)) return;
    this.#setBit(SHARED_INFO.pending, port);
    if (!this.#bit(SHARED_INFO.mask, port)) this.#select(port);
  }

  #select(port: number): void {
    const word = port >>> 5;
    const selector = this.#domain.readShared(SHARED_INFO.pendingSelector);
    if ((selector & (1 << word)) !== 0) return;
    this.#domain.writeShared(SHARED_INFO.pendingSelector, selector | (1 << word));
    this.#domain.writeSharedByte(SHARED_INFO.upcallPending, 1);
  }

  #bit(words: number, port: number): boolean {
    return (this.#domain.readShared(words + (port >>> 5) * 4) & (1 << (port & 31))) !== 0;
  }
  #setBit(words: number, port: number): void {
    const at = words + (port >>> 5) * 4;
    this.#domain.writeShared(at, this.#domain.readShared(at) | (1 << (port & 31)));
  }
  #clearBit(words: number, port: number): void {
    const at = words + (port >>> 5) * 4;
    this.#domain.writeShared(at, this.#domain.readShared(at) & ~(1 << (port & 31)));
  }
}
