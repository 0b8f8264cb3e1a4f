import test from 'ava';
import {findHost, HOSTS} from './catalogue.ts';
import {COST_NAMES, costNumber} from './costs.ts';
import type {CostName} from './costs.ts';
import {HostError} from './host-error.ts';
import {price} from './price.ts';
import type {Figure, HostProfile} from './profile.ts';

const withCost = (name: CostName, change: Partial<Figure>): HostProfile => {
  const host = findHost('nehalem-2009');
  return {...host, costs: {...host.costs, [name]: {...host.costs[name], ...change}}};
};

const rows: ReadonlyArray<readonly [value: number, unit: Figure['unit'], cycles: number]> = [
  [0, 'cycles', 0], [7, 'cycles', 7], [7.4, 'cycles', 7], [7.5, 'cycles', 8], [100, 'ns', 293], [0.1, 'ns', 0], [1, 'ns', 3],
];
for (const [value, unit, cycles] of rows) {
  test(`${value} ${unit} at 2930 MHz are ${cycles} cycles`, t => {
    t.is(price(withCost('mmio', {value, unit})).units[costNumber.mmio], cycles);
  });
}

const malformed: ReadonlyArray<Partial<Figure>> = [
  {value: -1}, {value: Number.NaN}, {value: Number.POSITIVE_INFINITY}, {value: 2 ** 31, unit: 'cycles'}, {unit: 'MHz'}, {unit: 'entries'},
];
for (const change of malformed) {
  test(`${change.value ?? 1} ${change.unit ?? 'ns'} is no cost`, t => {
    t.throws(() => price(withCost('mmio', change)), {instanceOf: HostError, message: /^cost 'mmio' of host 'nehalem-2009' is /});
  });
}

for (const host of HOSTS) {
  test(`every cost of ${host.name} has a positive price and the grade of its figure`, t => {
    const {units, grades} = price(host);
    t.is(units.length, COST_NAMES.length);
    for (const name of COST_NAMES) {
      t.true(units[costNumber[name]] > 0, name);
      t.is(grades[costNumber[name]], host.costs[name].grade, name);
    }
  });
}
