// Claims 26, 31 to 33 and 40: what a device access, a request and an interrupt take on their way between the guest and what serves it.
import {around, atLeast, BELOW_ONE, between, exactly} from '../band.ts';
import {quantity} from '../claim.ts';
import type {Claim, ClaimCell, Quantity} from '../claim.ts';
import {
  crossings, cyclesOf, events, exits, hostInterrupts, interruptsOf, LONG, notificationCycles, operationsOf, SHORT, steadyCrossings, worldSwitches,
} from '../figures.ts';
import {ratio} from './ratio.ts';
import {EPT, NATIVE, NEHALEM, SKYLAKE, VTX, XEN_PV} from './techniques.ts';

/** Requests that are polled for: their completion finds the guest running. */
const polled = (architecture: string): ClaimCell => ({
  workload: 'disk', technique: `${EPT}+virtio@${architecture}`, host: SKYLAKE, params: {operations: 20, area: 128, sectors: 1, driver: 'virtio', wait: 'poll'},
});

const hostInterrupt = quantity('world switches of one interrupt by the host\'s disk, hosted - hypervisor', {
  published: '2', band: exactly(2), cells: {hosted: polled('hosted'), alone: polled('hypervisor')},
  measure: ({hosted, alone}) => {
    const [each, eachAlone] = [hosted, alone].map(cell =>
      crossings(cell, edge => worldSwitches(edge) && edge.detail === 'host-interrupt') / crossings(cell, hostInterrupts));
    return each - eachAlone;
  },
});

const DEPTH = 32;

/** Split drivers with rings that hold notifications back. */
const RINGS = {virtio: `${EPT}+virtio@hypervisor`, Xen: XEN_PV} as const;
type Ring = keyof typeof RINGS;

/** Requests queued together before the device is told; interrupts wanted once for so many that are done. */
const queued = (ring: Ring, threshold: number): ClaimCell => ({
  workload: 'disk', technique: RINGS[ring], host: NEHALEM, params: {operations: 10 * DEPTH, area: 1024, sectors: 1, depth: DEPTH, batch: 'on', threshold},
});

const notifications = (ring: Ring): Quantity => quantity(`${ring}: kicks of ${DEPTH} requests queued before one`, {
  published: '1', band: exactly(1), cells: {cell: queued(ring, 1)}, measure: ({cell}) => (events(cell, 'back_end_notify') * DEPTH) / operationsOf(cell),
});

const upcalls = (ring: Ring, threshold: number): Quantity => quantity(`${ring}: interrupts of ${DEPTH} requests at a threshold of ${threshold}`, {
  published: `ceil(n / k) = ${Math.ceil(DEPTH / threshold)}`, band: exactly(Math.ceil(DEPTH / threshold)), cells: {cell: queued(ring, threshold)},
  measure: ({cell}) => (interruptsOf(cell) * DEPTH) / operationsOf(cell),
});

/** One packet of a stream that is sent, by where its card is. */
const packet = (technique: string, params: ClaimCell['params'] = {}, host = NEHALEM): ClaimCell => ({workload: 'transmit-stream', technique, host, params});
const SPLIT = `${EPT}+virtio@hosted`, ASSIGNED = `${EPT}+passthrough@hosted`;

/** Exits of one packet in one cell over those in another. */
const packetExits = (name: string, [above, below]: readonly [ClaimCell, ClaimCell], differs?: string): Quantity => quantity(name, {
  published: 'below 1', band: BELOW_ONE, cells: {above, below}, differs,
  measure: ({above: one, below: other}) => crossings(one, exits) / operationsOf(one) / (crossings(other, exits) / operationsOf(other)),
});

/** How much less of the wire a stream of small packets gets than on bare metal, in per cent. */
const loss = (name: string, published: string, {technique, low, high}: {technique: string; low: number; high: number}): Quantity => quantity(name, {
  published, band: between(low, high), cells: {cell: packet(technique, {size: 500}), native: packet(NATIVE, {size: 500})},
  measure: ({cell, native}) => 100 * (1 - cyclesOf(native) / cyclesOf(cell)),
});

/** A register of a device in a process of the host, in memory and by port. */
const register = (name: string, host: string, {published, percent}: {published: number; percent: number}): Quantity => {
  const cell = (via: string): ClaimCell => ({workload: 'device-register', technique: `${EPT}@hosted`, host, params: {via}});
  return quantity(name, {
    published: String(published), band: around(published, percent), calibrated: true, cells: {memory: cell('memory'), port: cell('port')},
    measure: ({memory, port}) => cyclesOf(memory) / cyclesOf(port),
  });
};

export const IO_PATHS: readonly Claim[] = [
  {
    number: '26', kind: 'C', source: '[SUG01] 3',
    text: 'A hosted VMM makes two more world switches than a stand-alone one for a device access that needs the host, and two for a host interrupt '
      + 'taken while the guest runs.',
    quantities: [
      quantity('world switches of one port access, hosted - hypervisor', {
        published: '2', band: exactly(2),
        cells: {
          few: {workload: 'in', technique: `${VTX}@hosted`, host: NEHALEM, params: {operations: SHORT, timer: 0}},
          many: {workload: 'in', technique: `${VTX}@hosted`, host: NEHALEM, params: {operations: LONG, timer: 0}},
          fewAlone: {workload: 'in', technique: VTX, host: NEHALEM, params: {operations: SHORT, timer: 0}},
          manyAlone: {workload: 'in', technique: VTX, host: NEHALEM, params: {operations: LONG, timer: 0}},
        },
        measure: ({few, many, fewAlone, manyAlone}) =>
          steadyCrossings({few, many}, worldSwitches) - steadyCrossings({few: fewAlone, many: manyAlone}, worldSwitches),
      }),
      hostInterrupt,
    ],
  },
  {
    number: '31', kind: 'C', source: '[XEN03] 3.2',
    text: 'Requests queued before one notification need no other; an event threshold k gives ceil(n / k) upcalls.',
    quantities: (['virtio', 'Xen'] as const).flatMap(ring => [notifications(ring), upcalls(ring, 1), upcalls(ring, 5), upcalls(ring, 32)]),
  },
  {
    number: '32', kind: 'Q', source: '[XEN03] table 6', text: 'Exits of one packet: emulated card above split driver above passthrough.',
    quantities: [
      packetExits('exits of a packet sent, split driver / emulated card', [packet(SPLIT), packet(`${EPT}@hosted`)]),
      packetExits('exits of a packet sent, passthrough with posted interrupts / split driver', [
        packet(ASSIGNED, {driver: 'e1000-msi'}, SKYLAKE), packet(SPLIT, {}, SKYLAKE),
      ]),
      packetExits('exits of a packet sent, passthrough with trapped interrupts / split driver', [packet(ASSIGNED), packet(SPLIT)],
        'the card interrupts for each packet, which takes two exits and two more for the ends at the 8259 pair; the split driver asks for no interrupt '
        + 'while it has room'),
      loss('split driver, loss at 500 bytes, per cent', '14', {technique: XEN_PV, low: 5, high: 25}),
      loss('emulated card of a hosted VMM, loss at 500 bytes, per cent', '60 to 85', {technique: `${VTX}@hosted`, low: 60, high: 85}),
    ],
  },
  {
    number: '33', kind: 'R', source: '[DALL16] table II',
    text: 'A split driver across a driver domain has the higher notification latency, not the dearer hypercall.',
    quantities: [
      quantity('notification, driver domain / same host', {
        published: '20', band: atLeast(5), calibrated: true,
        cells: {
          domain: {workload: 'disk', technique: `${EPT}+virtio@hybrid`, host: NEHALEM, params: {area: 128, driver: 'virtio'}},
          host: {workload: 'disk', technique: `${EPT}+virtio@hosted[back-end=kernel]`, host: NEHALEM, params: {area: 128, driver: 'virtio'}},
        },
        measure: ({domain, host}) => notificationCycles(domain) / notificationCycles(host),
      }),
      ratio('exit that the hypervisor answers, hybrid / hosted', {
        published: '0.94', band: between(0.8, 1.2), calibrated: true, workload: 'cpuid', host: NEHALEM, of: [`${EPT}@hybrid`, `${EPT}@hosted`],
      }),
    ],
  },
  {
    number: '40', kind: 'Q', source: '[NEM]', text: 'A memory-mapped device access costs more than a port access in the same place.',
    quantities: [
      register('MMIO / port on skylake-2016', SKYLAKE, {published: 1.74, percent: 25}),
      register('MMIO / port on zen-2017', 'zen-2017', {published: 1.3, percent: 10}),
    ],
  },
];
