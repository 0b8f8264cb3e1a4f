// What one operation took in a cell: counts of the measured region, each divided by its operations. Every figure is of real crossings and
// charged events; none is derived from another.
import type {CellResult, SwitchCount} from '../result.ts';
import {crossings, events, exits, interruptsOf, operationsOf} from '../validate/figures.ts';

/** A column of the table, with what it counts. */
export const IO_FIGURES = {
  cycles: 'modelled cycles, waiting included',
  busy: 'modelled cycles without those in which the processor idled',
  exits: 'exits out of the guest to any other context',
  worldSwitches: 'switches between the VMM and the host it runs beside, one way each',
  domainSwitches: 'switches between the guest\'s domain and the one that has the devices, one way each',
  processSwitches: 'switches between a kernel and a process of it that has a device model, one way each',
  systemCalls: 'switches for a system call of such a process, one way each',
  switches: 'all mode switches',
  kicks: 'notifications of a back end',
  interrupts: 'interrupts and events that the guest took',
  grants: 'pages granted to a back end that it mapped or copied',
  copiedKib: 'KiB of data that the host copied',
} as const;
export type IoFigure = keyof typeof IO_FIGURES;
export type IoFigures = Readonly<Record<IoFigure, number>>;

/** Between two contexts of the host: a system call of the guest's own is none. */
const ofHost = (reason: string) => ({reason: why, from}: SwitchCount): boolean => why === reason && !from.startsWith('guest');

const GRANT = /^grant_(?:map|copy|transfer)/;

export function ioFigures(cell: CellResult): IoFigures {
  const operations = operationsOf(cell);
  const each = (count: number): number => count / operations;
  const edges = (filter: (edge: SwitchCount) => boolean): number => each(crossings(cell, filter));
  return {
    cycles: each(cell.cycles.region),
    busy: each(cell.cycles.region - cell.cycles.byCategory.idle),
    exits: edges(exits),
    worldSwitches: edges(ofHost('world-switch')),
    domainSwitches: edges(ofHost('domain-switch')),
    processSwitches: edges(ofHost('device-model')),
    systemCalls: edges(ofHost('syscall')),
    switches: edges(() => true),
    kicks: each(events(cell, 'back_end_notify')),
    interrupts: each(interruptsOf(cell)),
    grants: each(cell.events.filter(({name}) => GRANT.test(name)).reduce((sum, {count}) => sum + count, 0)),
    copiedKib: each(events(cell, 'copy_kib')),
  };
}
