import test from 'ava';
import {HOSTS} from './catalogue.ts';
import {COST_NAMES} from './costs.ts';
import type {TlbGeometry} from './profile.ts';

for (const host of HOSTS) {
  test(`${host.name} has exactly the named costs, in cycles or ns`, t => {
    t.deepEqual(Object.keys(host.costs).toSorted(), [...COST_NAMES].toSorted());
    for (const name of COST_NAMES) t.true(['cycles', 'ns'].includes(host.costs[name].unit), name);
    t.is(host.clock.unit, 'MHz');
  });

  test(`${host.name} has TLBs of whole sets, a power of two of them`, t => {
    const {data, instruction, secondLevel, largeData, largeInstruction} = host.tlb;
    for (const {entries, ways} of [data, instruction, secondLevel, largeData, largeInstruction].filter((each): each is TlbGeometry => each !== null)) {
      t.true(Number.isInteger(Math.log2(entries / ways)), `${entries} entries of ${ways} ways`);
    }
  });

  test(`${host.name} is not virtualizable, as no real machine of its day was`, t => {
    t.false(host.features.virtualizable);
  });
}
