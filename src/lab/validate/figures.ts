// The figures that claims take from cells: cycles and counts of one operation, and counts of one operation in the steady
// state, which two cells of different length give exactly.
import {isExit} from '../../ledger/transitions.ts';
import type {CellResult, SwitchCount} from '../result.ts';
import type {CostName} from '../../host/costs.ts';

/** Operations of the short and of the long cell that a steady-state count is taken from. */
export const SHORT = 100;
export const LONG = 1000;

/** Operations of the measured region. */
export function operationsOf(cell: CellResult): number {
  if (cell.perOperation === null) throw new Error(`${cell.workload} marks no operations`);
  return cell.perOperation.operations;
}

/** Modelled cycles of one operation. */
export const cyclesOf = (cell: CellResult): number => cell.cycles.region / operationsOf(cell);

/** Modelled cycles of one operation but those that some costs take. */
export const cyclesWithout = (cell: CellResult, ...costs: readonly CostName[]): number => cyclesOf(cell) - cyclesIn(cell, ...costs);

/** Cycles of one operation that some costs take. */
export const cyclesIn = (cell: CellResult, ...costs: readonly CostName[]): number =>
  cell.events.filter(({name}) => costs.includes(name as CostName)).reduce((sum, {count, unitCost}) => sum + count * unitCost, 0) / operationsOf(cell);

/** How often a cost was charged, by its name: that of a technique's own may not be known here. */
export const events = (cell: CellResult, cost: string): number =>
  cell.events.filter(({name}) => name === cost).reduce((sum, {count}) => sum + count, 0);

export type EdgeFilter = (edge: SwitchCount) => boolean;

export const exits: EdgeFilter = edge => isExit(edge);
export const hypercalls: EdgeFilter = edge => isExit(edge) && edge.kind === 'hypercall';
export const named = (...details: readonly string[]): EdgeFilter => edge => isExit(edge) && details.includes(edge.detail);
/** Between the VMM and the host it runs beside, or within that host. */
export const worldSwitches: EdgeFilter = ({reason}) => reason === 'world-switch';

/** The host's hardware took the processor from the running guest. */
export const hostInterrupts: EdgeFilter = edge => isExit(edge) && edge.reason === 'EXTERNAL_INTERRUPT';

/** Interrupts that the guest took in the measured region, whoever raised them. */
export const interruptsOf = (cell: CellResult): number => cell.feedback.timerInterrupts;

/** What a switch of each kind costs one way. */
const SWITCH_COSTS: Readonly<Record<string, CostName>> = {'world-switch': 'world_switch', 'domain-switch': 'domain_switch', 'device-model': 'host_user_switch'};

/** Cycles from a doorbell's exit to the back end, for one doorbell: the notification, and the switches on the way there, which are half of all. */
export function notificationCycles(cell: CellResult): number {
  const unit = (cost: string | undefined): number => cell.events.find(({name}) => name === cost)?.unitCost ?? 0;
  const there = cell.switches.filter(({detail}) => detail === 'doorbell').reduce((sum, {reason, count}) => sum + (count / 2) * unit(SWITCH_COSTS[reason]), 0);
  return unit('back_end_notify') + there / events(cell, 'back_end_notify');
}

/** Crossings in the measured region. */
export const crossings = (cell: CellResult, filter: EdgeFilter): number =>
  cell.switches.filter(filter).reduce((sum, {count}) => sum + count, 0);

export interface SteadyPair {
  readonly few: CellResult;
  readonly many: CellResult;
}

const steady = ({few, many}: SteadyPair, count: (cell: CellResult) => number): number =>
  (count(many) - count(few)) / (operationsOf(many) - operationsOf(few));

/** Crossings of one operation once first touches are over. */
export const steadyCrossings = (pair: SteadyPair, filter: EdgeFilter): number => steady(pair, cell => crossings(cell, filter));

/** How often a cost is charged in one operation once first touches are over. */
export const steadyEvents = (pair: SteadyPair, cost: string): number => steady(pair, cell => events(cell, cost));
