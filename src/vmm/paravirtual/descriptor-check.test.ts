import {fc, testProp} from '@fast-check/ava';
import test from 'ava';
import {
  DESCRIPTOR_CODE, DESCRIPTOR_DB, DESCRIPTOR_EXPAND_DOWN, DESCRIPTOR_PRESENT, DESCRIPTOR_S, descriptorBase, descriptorDpl, descriptorLimit,
} from '../../x86/descriptors.ts';
import {SEGMENT_END} from './abi.ts';
import {checkDescriptor} from './descriptor-check.ts';

const rows: ReadonlyArray<readonly [what: string, low: number, high: number, checked: readonly [number, number] | null]> = [
  ['nothing', 0, 0, [0, 0]],
  ['a ring-0 data segment of 4 GiB becomes ring 1 and ends below Xen', 0x0000_ffff, 0x00cf_9200, [0x0000_c3ff, 0x00cf_b200]],
  ['a ring-3 code segment of 4 GiB ends below Xen', 0x0000_ffff, 0x00cf_fa00, [0x0000_c3ff, 0x00cf_fa00]],
  ['a segment that ends below Xen stays', 0x0000_0fff, 0x00c0_f200, [0x0000_0fff, 0x00c0_f200]],
  ['a small segment that begins in the last page below Xen is refused', 0xf000_0fff, 0xfc40_f23f, null],
  ['a segment that begins inside Xen is refused', 0x0000_ffff, 0xfdcf_f200, null],
  ['a call gate is refused', 0x0008_0000, 0x0000_ec00, null],
  ['a task state segment is refused', 0x0000_0067, 0x0000_8900, null],
  ['a local descriptor table is refused', 0x0000_ffff, 0x0000_8200, null],
  ['a call gate that is not present does no harm', 0x0008_0000, 0x0000_6c00, [0x0008_0000, 0x0000_6c00]],
];
for (const [what, low, high, checked] of rows) {
  test(what, t => {
    const result = checkDescriptor(low, high | 0);
    t.deepEqual(result && [result.low >>> 0, result.high >>> 0], checked && [checked[0] >>> 0, checked[1] >>> 0]);
  });
}

const word = fc.integer({min: -(2 ** 31), max: 2 ** 31 - 1});

/** Whether a segment could be loaded in ring 0, or an offset within its limit leads into Xen. */
function isDangerous(low: number, high: number): boolean {
  if ((high & DESCRIPTOR_PRESENT) === 0 || (high & DESCRIPTOR_S) === 0) return false;
  const base = descriptorBase(low, high) >>> 0;
  const limit = descriptorLimit(low, high);
  const last = (high & DESCRIPTOR_DB) === 0 ? 0xffff : 0xffff_ffff;
  const expandDown = (high & (DESCRIPTOR_CODE | DESCRIPTOR_EXPAND_DOWN)) === DESCRIPTOR_EXPAND_DOWN;
  const [from, to] = expandDown ? [limit + 1, last] : [0, limit];
  // Why without wrapping: offsets that wrap around begin at 2 to the 32 and end before the base.
  const reaches = from <= to && base + from < 2 ** 32 && base + to >= SEGMENT_END;
  return descriptorDpl(high) === 0 || base >= SEGMENT_END || reaches;
}

testProp('no descriptor that is let through reaches Xen or ring 0', [word, word], (t, low, high) => {
  const checked = checkDescriptor(low, high);
  t.false(checked !== null && isDangerous(checked.low, checked.high));
}, {numRuns: 20_000});
