// The table of I/O paths on the running instance's own strategies: every row can be planned or lacks a part, and its figures are counts of cells.
import test from 'ava';
import {runCell} from '../cell.ts';
import {catalogue, cellSpec} from '../testing/real-cells.ts';
import {ioFigures, type IoFigures} from './io-figures.ts';
import {planIoTable} from './io-table.ts';

const rows = planIoTable({host: 'nehalem-2009', base: 'hardware-assisted+nested'}, catalogue);

test('emulated devices and virtio have a cell in every place at every depth', t => {
  const there = rows.filter(({operation, way}) => operation === 'disk request' && /^(?:emulated|virtio)/.test(way));
  t.is(there.length, 2 * 2 * 5 + 2 * 3 * 4);
  for (const {technique, planned} of there) t.true('cell' in planned, technique);
});

test('a row without a cell lacks a strategy, a workload or sense, never a parameter', t => {
  for (const {technique, planned} of rows) if ('missing' in planned) t.notRegex(planned.missing, /parameter/, technique);
});

const figures = (technique: string, params: Record<string, string | number>): IoFigures =>
  ioFigures(runCell(cellSpec({workload: 'disk', technique, host: 'zen-2017', params: {operations: 64, area: 128, ...params}}), catalogue));

test('one request by virtio: a kick, an interrupt, the exits of both, and the hops that the place of the back end asks for', t => {
  const hosted = figures('hardware-assisted+nested+virtio@hosted[back-end=kernel,pic=kernel]', {driver: 'virtio'});
  t.like(hosted, {exits: 5, kicks: 1, interrupts: 1, copiedKib: 4, worldSwitches: 6, processSwitches: 2, domainSwitches: 0, systemCalls: 0, grants: 0});
  t.is(hosted.switches, 2 * 5 + 6 + 2);
  t.true(hosted.busy < hosted.cycles);
  const hybrid = figures('hardware-assisted+nested+virtio@hybrid', {driver: 'virtio'});
  t.like(hybrid, {exits: 5, kicks: 1, interrupts: 1, domainSwitches: 6, processSwitches: 2, worldSwitches: 0});
});

test('32 requests handed over together are one kick', t => {
  t.is(figures('hardware-assisted+nested+virtio@hypervisor', {driver: 'virtio', depth: 32, batch: 'on'}).kicks, 1 / 32);
});
