// Exits of one disk request under the strategies that are as KVM with QEMU is, all of them by name.
//
// Polled, with the image in the host's memory: measured on Linux 6.1 with QEMU's models in the process, a read of 512 bytes. IDE by PIO: six
// writes of the task file, one read of the status, one string read (a second one where KVM restarts REP INSW in its emulator, which is no exit
// of its own on hardware that need not), all of them the process's. virtio-blk: the doorbell alone, which KVM answers itself (ioeventfd).
//
// Interrupt-driven: derived from the sources. The process has the task file and the bus master (QEMU, hw/ide/core.c, hw/ide/pci.c: each register
// write an exit) and the interrupt status of virtio (hw/virtio/virtio-pci.c: only the doorbell is an ioeventfd, and an INTx line is raised by the
// process through KVM_IRQ_LINE, no exit). HLT and the two EOIs of the 8259 pair end in KVM (Linux, arch/x86/kvm/i8259.c, kvm_emulate_halt). An
// interrupt that is asserted while the guest has IF clear asks for an interrupt window, one exit more (kvm_x86_ops.enable_irq_window).
import test from 'ava';
import type {Transition} from '../ledger/transitions.ts';
import {runGuest} from './guest-run.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const CACHED = 'zen-2017[cached-disk]', SLEEPING = 'zen-2017';
const VIRTIO = 'hardware-assisted[exceptions=db+ud+ac+mc,exits=rdpmc+mov-dr+wbinvd]+nested+virtio@hosted[back-end=kernel,pic=kernel]';
const VIRTIO_SHADOW = VIRTIO.replace('nested', 'shadow[policy=unsync]'), VIRTIO_USER = VIRTIO.replace('back-end=kernel,', '');

type Exits = Readonly<Record<string, number>>;
const TASK_FILE: Exits = {'out-0x1f2': 1, 'out-0x1f3': 1, 'out-0x1f4': 1, 'out-0x1f5': 1, 'out-0x1f6': 1, 'out-0x1f7': 1, 'in-0x1f7': 1};
const PIO: Exits = {...TASK_FILE, 'in-0x1f0': 1};
/** Direction, start and stop; status cleared and read; table. */
const DMA: Exits = {...TASK_FILE, 'out-0xc000': 3, 'out-0xc002': 1, 'in-0xc002': 1, 'out-0xc004': 1};
const EOI: Exits = {'out-0xa0': 1, 'out-0x20': 1};
const SLEEP: Exits = {...EOI, hlt: 1}, WINDOW: Exits = {...EOI, 'interrupt-window': 1};

interface Row {
  readonly technique: string;
  readonly driver: string;
  readonly wait: 'poll' | 'interrupt';
  readonly host: string;
  readonly exits: Exits;
  /** Accesses that go on to the process. */
  readonly process: number;
}

const ROWS: readonly Row[] = [
  {technique: 'kvm-nested', driver: 'ide-pio', wait: 'poll', host: CACHED, exits: PIO, process: 8},
  {technique: 'kvm-shadow', driver: 'ide-pio', wait: 'poll', host: CACHED, exits: PIO, process: 8},
  {technique: 'kvm-nested', driver: 'ide-dma', wait: 'poll', host: CACHED, exits: DMA, process: 13},
  {technique: VIRTIO, driver: 'virtio', wait: 'poll', host: CACHED, exits: {mmio: 1}, process: 0},
  {technique: VIRTIO_USER, driver: 'virtio', wait: 'poll', host: CACHED, exits: {mmio: 1}, process: 0},
  {technique: VIRTIO_SHADOW, driver: 'virtio', wait: 'poll', host: CACHED, exits: {'pf-mmio': 1}, process: 0},
  {technique: VIRTIO, driver: 'virtio-legacy', wait: 'poll', host: CACHED, exits: {'out-0xc050': 1}, process: 0},
  {technique: 'kvm-nested', driver: 'ide-pio', wait: 'interrupt', host: SLEEPING, exits: {...PIO, ...SLEEP}, process: 8},
  {technique: 'kvm-nested', driver: 'ide-dma', wait: 'interrupt', host: SLEEPING, exits: {...DMA, ...SLEEP}, process: 13},
  {technique: 'kvm-nested', driver: 'ide-dma', wait: 'interrupt', host: CACHED, exits: {...DMA, ...WINDOW}, process: 13},
  {technique: VIRTIO, driver: 'virtio', wait: 'interrupt', host: SLEEPING, exits: {mmio: 2, ...SLEEP}, process: 1},
  {technique: VIRTIO, driver: 'virtio', wait: 'interrupt', host: CACHED, exits: {mmio: 2, ...WINDOW}, process: 1},
  {technique: VIRTIO, driver: 'virtio-legacy', wait: 'interrupt', host: SLEEPING, exits: {'out-0xc050': 1, 'in-0xc053': 1, ...SLEEP}, process: 1},
];

/** How often each name occurs in one request: between 60 and 20 of them, so that first touches are out of it. */
function perRequest({technique, driver, wait, host}: Row, named: (edge: Transition) => string | null): Exits {
  const sums = new Map<string, number>();
  for (const [operations, sign] of [[60, 1], [20, -1]] as const) {
    const spec = cellSpec({workload: 'disk', technique, host, params: {operations, area: 128, sectors: 1, driver, wait}});
    const {platform, region} = runGuest({...spec, disk: {zeros: 1}}, catalogue, {clock: 'cycles'});
    platform.transitions.list.forEach((edge, at) => {
      const name = named(edge);
      if (name !== null) sums.set(name, (sums.get(name) ?? 0) + sign * (region.crossings[at] ?? 0));
    });
  }
  return Object.fromEntries([...sums].filter(([, count]) => count !== 0).map(([name, count]) => [name, count / 40]));
}

for (const row of ROWS) {
  test(`one read by ${row.driver}, ${row.wait}, under ${row.technique} on ${row.host}`, t => {
    const found = perRequest(row, ({from, to, kind, detail}) => {
      if (from === 'guest-kernel' && to === 'vmm') return detail;
      return to === 'host-user' && kind === 'return' && /^(?:in|out|mmio)-/.test(detail) ? 'process' : null;
    });
    t.deepEqual(found, {...row.exits, ...(row.process > 0 ? {process: row.process} : {})});
  });
}
