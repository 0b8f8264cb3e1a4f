// The disk under every way of reaching it: the data is right, the guest is as on bare metal, and each request takes the switches that its path has.
import test from 'ava';
import {runCell} from './cell.ts';
import type {CellResult} from './result.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const HOST = 'nehalem-2009';
const cellOf = (technique: string, params: Record<string, string | number> = {}): CellResult =>
  runCell({...cellSpec({workload: 'disk', technique, host: HOST, params: {operations: 20, area: 256, ...params}}), disk: {zeros: 1}}, catalogue);

const WAYS: ReadonlyArray<readonly [technique: string, driver: string]> = [
  ['native', 'ide-pio'], ['native', 'ide-dma'],
  ['hardware-assisted+nested+emulated@hypervisor', 'ide-pio'], ['hardware-assisted+shadow+emulated@hosted', 'ide-dma'],
  ['hardware-assisted+nested+emulated@hybrid', 'ide-dma'], ['binary-translation+shadow+emulated@hosted', 'ide-dma'],
  ['dynamic-translation+software-mmu+emulated@hosted', 'ide-dma'],
  ['hardware-assisted+nested+virtio@hypervisor', 'virtio'], ['hardware-assisted+nested+virtio@hosted', 'virtio-legacy'],
  ['hardware-assisted+shadow+virtio@hosted[back-end=kernel]', 'virtio'], ['hardware-assisted+nested+virtio@hybrid', 'virtio'],
  ['hardware-assisted+nested+virtio@hosted[slice=10000,wake=yield]', 'virtio'], ['hardware-assisted+nested+virtio@hybrid[wake=yield]', 'virtio-legacy'],
];
for (const [technique, driver] of WAYS) {
  for (const mode of ['read', 'write']) {
    test(`${technique}, ${driver}, ${mode}: every block is what was written`, t => {
      const cell = cellOf(technique, {driver, mode, depth: 4, pattern: 'random', sectors: 4});
      t.is(cell.outcome, 'completed');
      t.is(cell.exitCode, 0x21);
      t.is(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    });
  }
}

const perRequest = (technique: string, driver: string, of: (edge: CellResult['switches'][number]) => boolean, params = {}): number => {
  const count = (operations: number): number => cellOf(technique, {driver, operations, ...params}).switches.filter(of).reduce((sum, edge) => sum + edge.count, 0);
  return (count(40) - count(20)) / 20;
};

const COUNTS: ReadonlyArray<readonly [what: string, technique: string, driver: string, of: (edge: CellResult['switches'][number]) => boolean, count: number]> = [
  ['a doorbell in memory, to a back end in the process: there and back', 'hardware-assisted+nested+virtio@hosted', 'virtio', edge => edge.detail === 'doorbell', 4],
  ['a doorbell in memory, to a back end in the kernel', 'hardware-assisted+nested+virtio@hosted[back-end=kernel]', 'virtio', edge => edge.detail === 'doorbell', 2],
  ['a doorbell, to the driver domain', 'hardware-assisted+nested+virtio@hybrid', 'virtio', edge => edge.detail === 'doorbell', 2],
  ['a doorbell where the back end is in the VMM', 'hardware-assisted+nested+virtio@hypervisor', 'virtio', edge => edge.detail === 'doorbell', 0],
  ['a doorbell to a process that runs when the VCPU halts: into it and out of it, from the host that the VCPU halts in',
    'hardware-assisted+nested+virtio@hosted[wake=yield]', 'virtio', edge => edge.detail === 'doorbell', 2],
  ['exits by the task file of IDE: six writes and one read of the status', 'hardware-assisted+nested+emulated@hypervisor', 'ide-pio',
    edge => edge.kind === 'exit' && /^(?:out-0x1f[2-7]|in-0x1f7)$/.test(edge.detail), 6 + 8],
];
for (const [what, technique, driver, of, count] of COUNTS) {
  test(`${what}: ${count} switches a request`, t => {
    t.is(perRequest(technique, driver, of), count);
  });
}

test('N requests made available before one kick are one notification', t => {
  const cell = cellOf('hardware-assisted+nested+virtio@hypervisor', {driver: 'virtio', depth: 16, operations: 64, batch: 'on'});
  t.is(cell.statistics?.['kicks'], 256 / 128 + 64 / 16);
});
