// From a profile's figures to the unit costs the ledger charges: whole cycles, rounded here and nowhere else.
import type {PriceList} from '../ledger/meter.ts';
import {COST_NAMES} from './costs.ts';
import type {CostName} from './costs.ts';
import {HostError} from './host-error.ts';
import type {Figure, HostProfile} from './profile.ts';

const LARGEST = 0x7fff_ffff;

/**
 * Unit costs of a profile in whole cycles, by cost number, with their grades. Figures in nanoseconds are taken at the
 * profile's clock. Throws HostError for a figure that is no cost: another unit, negative, not finite, or too large.
 */
export function price(profile: HostProfile): PriceList {
  const units = Int32Array.from(COST_NAMES, name => unitCost(profile, name));
  return {units, grades: COST_NAMES.map(name => profile.costs[name].grade)};
}

function unitCost(profile: HostProfile, name: CostName): number {
  const figure = profile.costs[name];
  const cycles = Math.round(inCycles(figure, profile.clock.value));
  if (cycles >= 0 && cycles <= LARGEST) return cycles;
  throw new HostError(
    `cost '${name}' of host '${profile.name}' is ${figure.value} ${figure.unit}; give cycles or ns, from 0 to ${LARGEST} cycles`,
  );
}

/** Not a number where the unit is none of a cost, which no range contains. */
function inCycles(figure: Figure, megahertz: number): number {
  if (figure.unit === 'cycles') return figure.value;
  return figure.unit === 'ns' ? figure.value * megahertz / 1000 : Number.NaN;
}
