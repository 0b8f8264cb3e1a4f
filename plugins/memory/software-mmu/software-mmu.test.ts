// The software TLB by itself, on guest tables made by hand: what it keeps and what it forgets, with large pages, global pages and devices.
import test from 'ava';
import {CR0_PG, CR4_PGE, CR4_PSE, DEVICE, FAULTED, HOST_BASE, PDE_PS, PTE_A, PTE_D, PTE_G, PTE_P, PTE_U, PTE_W, SUPERVISOR_READ, SUPERVISOR_WRITE, USER_READ} from 'worldswitch';
import type {Cpu, Vmm} from 'worldswitch';
import {PhysicalMemory} from '../../../src/memory/physical.ts';
import {SoftwareMmu} from './mmu.ts';

const RIGHTS = PTE_P | PTE_W;
const [DIRECTORY, TABLE, LARGE, FAR] = [0x1000, 0x2000, 0x40_0000, 0x80_0000];
const MEMORY = 2 ** 25;

/** Guest page n lies in host page n; page 0x20 is a device. Linear 0x400000 is the guest's 4 MiB page, the first 4 MiB go by TABLE. */
function bench(words: Record<number, number> = {}) {
  const entries: Record<number, number> = {
    [DIRECTORY]: TABLE | RIGHTS | PTE_U, [DIRECTORY + 4]: LARGE | RIGHTS | PDE_PS, [TABLE + 12]: 0x5000 | RIGHTS, [TABLE + 16]: 0x2_0000 | RIGHTS,
    [TABLE + 20]: 0x6000 | RIGHTS | PTE_G, ...words,
  };
  const charged: Record<string, number> = {};
  let references = 0;
  const memory = new PhysicalMemory(MEMORY);
  const vmm = {
    platform: {memory},
    guest: {
      tables: {read32: (at: number) => entries[at] ?? 0, write32: (at: number, value: number) => { entries[at] = value; }},
      translate: (address: number) => (address >>> 12 === 0x20 ? -1 : address),
    },
    charge: (cost: string) => { charged[cost] = (charged[cost] ?? 0) + 1; },
  };
  const cpu = {cr0: CR0_PG, cr3: DIRECTORY, cr4: CR4_PSE | CR4_PGE, cpl: 0, readRight: SUPERVISOR_READ, spend: (_: number, count: number) => { references += count; }};
  const mmu = new SoftwareMmu(vmm as unknown as Vmm, 256);
  /** What an access ends with: the guest frame's address, or DEVICE or FAULTED. */
  const access = (linear: number, right: number = SUPERVISOR_READ): number => {
    const at = mmu.data(cpu as unknown as Cpu, linear, right);
    return at === DEVICE || at === FAULTED ? at : at - HOST_BASE;
  };
  return {mmu, cpu, entries, charged, access, walked: () => references};
}

test('an access walks the guest\'s tables once, sets accessed and dirty bits, and is found from then on', t => {
  const {mmu, entries, access, walked} = bench();
  t.is(access(0x3004), 0x5004);
  t.deepEqual([mmu.misses, walked(), entries[TABLE + 12]], [1, 2, 0x5000 | RIGHTS | PTE_A]);
  access(0x3008);
  t.is(mmu.misses, 1);
  access(0x3008, SUPERVISOR_WRITE);
  t.deepEqual([mmu.misses, entries[TABLE + 12] & PTE_D], [2, PTE_D]);
  access(0x300c, SUPERVISOR_WRITE);
  t.is(mmu.misses, 2);
});

test('rights are the guest\'s, and a fault carries its error code', t => {
  const {cpu, access} = bench();
  t.is(access(0x3000, USER_READ), FAULTED);
  t.is((cpu as unknown as Cpu).faultError, 5);
  t.is(access(0x9000), FAULTED);
  t.is((cpu as unknown as Cpu).faultError, 0);
});

test('a page of no memory is a device, each time it is touched, after one walk', t => {
  const {mmu, cpu, access} = bench();
  t.deepEqual([access(0x4010), access(0x4014)], [DEVICE, DEVICE]);
  t.is((cpu as unknown as Cpu).deviceAddress, 0x2_0014);
  t.is(mmu.misses, 1);
});

test('a CR3 load leaves global pages alone, INVLPG and a change of CR4 do not', t => {
  const {mmu, access} = bench();
  const missesOf = (linear: number): number => {
    const before = mmu.misses;
    access(linear);
    return mmu.misses - before;
  };
  t.deepEqual([missesOf(0x3000), missesOf(0x5000)], [1, 1]);
  mmu.flush(false);
  t.deepEqual([missesOf(0x3000), missesOf(0x5000)], [1, 0]);
  mmu.invalidate(0x5000);
  t.deepEqual([missesOf(0x3000), missesOf(0x5000)], [0, 1]);
  mmu.flush(true);
  t.deepEqual([missesOf(0x3000), missesOf(0x5000)], [1, 1]);
  t.deepEqual([mmu.flushes, mmu.invalidations], [2, 1]);
});

test('INVLPG of any address in a 4 MiB page forgets all of its pieces', t => {
  const {mmu, entries, access, charged} = bench();
  t.deepEqual([access(0x40_0000), access(0x41_2000), access(0x7f_f000), access(0x3000)], [0x40_0000, 0x41_2000, 0x7f_f000, 0x5000]);
  t.is(mmu.pieces, 3);
  entries[DIRECTORY + 4] = FAR | RIGHTS | PDE_PS;
  t.is(access(0x41_2000), 0x41_2000, 'what the TLB knows is in force until the guest says otherwise');
  mmu.invalidate(0x40_5000);
  t.is(charged['soft_tlb_flush'], 1);
  const before = mmu.misses;
  t.deepEqual([access(0x40_0000), access(0x41_2000), access(0x7f_f000)], [0x80_0000, 0x81_2000, 0xbf_f000]);
  t.is(access(0x3000), 0x5000);
  t.is(mmu.misses - before, 3, 'and nothing else is forgotten');
});

test('INVLPG where there are no large pages looks at one place of each table', t => {
  const {mmu, access, charged} = bench();
  access(0x3000);
  mmu.invalidate(0x3000);
  t.deepEqual(charged, {});
  access(0x3000);
  t.is(mmu.misses, 2);
});
