import test from 'ava';
import {shortName, wrapHeading, wrapHeadings} from './heading.ts';

for (const [name, expected] of [
  ['native', 'native'],
  ['hardware-assisted+nested+emulated@hypervisor', 'hardware-assisted+nested'],
  ['hardware-assisted+shadow[policy=unsync]+emulated@hosted[pic=kernel]', 'hardware-assisted+shadow[policy=unsync]@hosted[pic=kernel]'],
  ['hardware-assisted+nested+emulated[coalesce=on]@hypervisor', 'hardware-assisted+nested+emulated[coalesce=on]'],
  ['paravirtual+direct-paging+xen-ring@hybrid', 'paravirtual+direct-paging+xen-ring@hybrid'],
  ['hardware-assisted+nested+virtio@hypervisor', 'hardware-assisted+nested+virtio'],
] as const) {
  test(`${name} is headed ${expected}`, (t) => t.is(shortName(name), expected));
}

test('a heading breaks before a part first, after a hyphen where it must, inside a word last', (t) => {
  t.deepEqual(wrapHeading('hardware-assisted+nested', 30), ['hardware-assisted+nested']);
  t.deepEqual(wrapHeading('hardware-assisted+nested', 20), ['hardware-assisted', '+nested']);
  t.deepEqual(wrapHeading('hardware-assisted+nested', 10), ['hardware-', 'assisted', '+nested']);
  t.deepEqual(wrapHeading('interpretation', 8), ['interpre', 'tation']);
});

test('headings stand on the table', (t) => {
  t.deepEqual(wrapHeadings([{name: 'native', width: 6}, {name: 'binary-translation', width: 11}]), [['', 'native'], ['binary-', 'translation']]);
});
