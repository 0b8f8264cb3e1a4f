// What a domain's CPU strategy consists of, put together, as traps and hypercalls reach it.
import {CS, domainMemory, DS, ES, FLAT_RING1_CS, FLAT_RING1_DS, SS, XenServices} from 'worldswitch';
import type {Domain, EventChannels, Vmm} from 'worldswitch';
import {DomainClock} from './clock.ts';
import {DomainConsole} from './console.ts';
import {DescriptorTables} from './descriptor-tables.ts';
import {GuestFrames} from './guest-frames.ts';
import {Hole} from './hole.ts';
import {PrivilegedInstructions} from './privileged.ts';
import {Scheduler} from './scheduler.ts';
import {TrapTable} from './trap-table.ts';

export interface Parts {
  readonly domain: Domain;
  readonly hole: Hole;
  readonly tables: DescriptorTables;
  readonly traps: TrapTable;
  readonly events: EventChannels;
  readonly frames: GuestFrames;
  readonly clock: DomainClock;
  readonly console: DomainConsole;
  readonly services: XenServices;
  readonly privileged: PrivilegedInstructions;
  readonly scheduler: Scheduler;
}

/** Xen's memory exists before the guest's tables are looked at, since every directory gets its entries. */
export function assemble(vmm: Vmm, goesDirect: boolean): Parts {
  const {domain, strategies: {memory, io}} = vmm;
  if (domain === null || !memory.directPaging) throw new Error('no domain was built');
  const hole = new Hole(domain);
  domain.paging = memory.directPaging();
  memory.start();
  const tables = new DescriptorTables(domain, hole);
  const services = new XenServices(domain, domainMemory(domain));
  const {events} = services;
  io.attach?.(services);
  const clock = new DomainClock(domain, events);
  return {
    domain, hole, tables, services, events, clock, frames: new GuestFrames(domain, tables, events), scheduler: new Scheduler(domain, events, clock),
    traps: new TrapTable(domain, hole, goesDirect), console: new DomainConsole(domain, events),  privileged: new PrivilegedInstructions(domain),
  };
}

/** The processor as the guest's first instruction finds it: ring 1, flat segments, the boot stack as the kernel's. */
export function startProcessor({domain, hole, frames}: Parts): void {
  const {vmm, start} = domain;
  const {cpu, platform} = vmm;
  hole.install();
  cpu.setCpl(1);
  for (const [segment, selector] of [[CS, FLAT_RING1_CS], [SS, FLAT_RING1_DS], [DS, FLAT_RING1_DS], [ES, FLAT_RING1_DS]] as const) {
    const {low, high} = hole.descriptor(selector);
    cpu.setSegment(segment, selector, 0, (((low & 0xffff) | (high & 0xf_0000)) << 12) | 0xfff, high);
  }
  frames.kernelStack = {ss: FLAT_RING1_DS, esp: start.stack};
  hole.setKernelStack(FLAT_RING1_DS, start.stack);
  // Why: the PIT and the interrupt controllers are Xen's; it does not let them tick for nothing.
  platform.devices.ports.write(PIT_CONTROL, 1, COUNTER_0_STOPPED);
  vmm.world.resident = true;
  Object.assign(cpu.controls, {ringCompression: true, externalInterrupt: true, exceptionBitmap: -1});
}

const PIT_CONTROL = 0x43, COUNTER_0_STOPPED = 0x30;
