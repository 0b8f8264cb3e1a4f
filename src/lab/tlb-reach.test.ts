// The knees of a working-set sweep: what one access costs in walk references and second-level hits below and above the size of
// each level of the TLB. The sizes are the host profiles'; the sweep must find them.
import test from 'ava';
import {findHost} from '../host/catalogue.ts';
import {costNumber, type CostName} from '../host/costs.ts';
import {runGuest} from './guest-run.ts';
import {catalogue, cellSpec} from './testing/real-cells.ts';

const OPERATIONS = 20_000;

/** Walk references and second-level hits of one access. */
function access(host: string, technique: string, pages: number): {walk: number; second: number} {
  const {region} = runGuest(cellSpec({workload: 'tlb-reach', technique, host, params: {pages, operations: OPERATIONS, timer: 0}}), catalogue, {clock: 'cycles'});
  const each = (cost: CostName): number => region.counts[costNumber[cost]] / OPERATIONS;
  return {walk: each('walk_reference'), second: each('second_tlb_hit')};
}

/** References of one walk: guest levels, with the walk cache of directory entries one less; nested ones for each. */
type Row = readonly [host: string, technique: string, walk: number];
const ROWS: readonly Row[] = [
  ['pentium4-2005', 'native', 2], ['pentium4-2005', 'hardware-assisted+shadow', 2], ['core2-2007', 'native', 2],
  ['nehalem-2009', 'native', 1], ['nehalem-2009[walk-caches=off]', 'native', 2], ['nehalem-2009[walk-caches=off]', 'hardware-assisted+nested', 14],
  ['nehalem-2009[walk-caches=off]', 'hardware-assisted+nested[backing=2m]', 11], ['skylake-2016', 'hardware-assisted+nested', 5],
  ['zen-2017', 'hardware-assisted+nested[backing=2m]', 4],
];
for (const [host, technique, walk] of ROWS) {
  const {data, secondLevel} = findHost(host).tlb;
  const reach = secondLevel?.entries ?? data.entries;
  test(`${host}, ${technique}: no walk below ${reach} pages, ${walk} references an access well above`, t => {
    t.true(access(host, technique, reach / 2).walk < 0.1);
    const above = access(host, technique, reach * 2);
    t.true(Math.abs(above.walk - walk) < 0.03, `${above.walk}`);
    t.true(above.second < 0.03);
  });

  if (secondLevel === null) continue;
  test(`${host}, ${technique}: between ${data.entries} and ${secondLevel.entries} pages the second level answers`, t => {
    t.true(access(host, technique, data.entries / 2).second < 0.02);
    const {walk: walked, second} = access(host, technique, data.entries * 4);
    t.true(Math.abs(second - 1) < 0.02, `${second}`);
    t.true(walked < 0.02, `${walked}`);
  });
}
