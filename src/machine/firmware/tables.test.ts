// The tables as a kernel finds them: by their signatures, their sums and the pointers between them.
import test from 'ava';
import {findHost} from '../../host/catalogue.ts';
import {NO_PERIPHERALS} from '../../devices/peripherals.ts';
import {Echo} from '../../devices/network/peers.ts';
import {Platform} from '../platform.ts';
import {firmwareTables} from './tables.ts';

const MEMORY = 1 << 24;
const memory = new Uint8Array(1 << 20);
const view = new DataView(memory.buffer);
const speed = {latencySeconds: 0.001, bitsPerSecond: 1_000_000};
const platform = new Platform({
  host: findHost('nehalem-2009'), clock: 'cycles', guestMemory: MEMORY, hostMemory: MEMORY, maxInstructions: 1,
  peripherals: {...NO_PERIPHERALS, network: {speed, peer: new Echo(), card: 'e1000'}},
});
for (const {address, bytes} of firmwareTables(platform.devices)) memory.set(bytes, address);

const textAt = (at: number, length: number): string => String.fromCharCode(...memory.subarray(at, at + length));
const sum = (at: number, length: number): number => memory.subarray(at, at + length).reduce((total, value) => (total + value) & 0xff, 0);
function find(signature: string): number {
  for (let at = 0xf_0000; at < 0x10_0000; at += 16) if (textAt(at, signature.length) === signature) return at;
  return -1;
}

test('the MultiProcessor table is found by its pointer, and both add up to 0', t => {
  const pointer = find('_MP_');
  const table = view.getUint32(pointer + 4, true);
  t.is(sum(pointer, 16), 0);
  t.is(textAt(table, 4), 'PCMP');
  t.is(sum(table, view.getUint16(table + 4, true)), 0);
  t.is(view.getUint32(table + 36, true), 0xfee0_0000);
});

let entriesEnd = 0;

/** Entries by type: those of a processor have 20 bytes, others 8. */
function entries(): Map<number, number[][]> {
  const table = view.getUint32(find('_MP_') + 4, true);
  const byType = new Map<number, number[][]>();
  let at = table + 44;
  for (let left = view.getUint16(table + 34, true); left > 0; left--) {
    const length = memory[at] === 0 ? 20 : 8;
    byType.set(memory[at], [...(byType.get(memory[at]) ?? []), [...memory.subarray(at, at + length)]]);
    at += length;
  }
  entriesEnd = at - table;
  return byType;
}
test('it names one processor, an I/O APIC, and an interrupt for every line: the timer on pin 2, the card where its pin is routed', t => {
  const byType = entries();
  t.is(entriesEnd, view.getUint16(view.getUint32(find('_MP_') + 4, true) + 4, true), 'the entries fill the table');
  t.deepEqual([...byType].map(([type, rows]) => [type, rows.length]), [[0, 1], [1, 2], [2, 1], [3, 15], [4, 2]]);
  const [processor] = byType.get(0) as number[][];
  t.deepEqual(processor.slice(0, 6), [0, 0, 0x14, 3, 0x81, 6]);
  t.is(processor[9] & 2, 2, 'with a local APIC');
  const interrupts = (byType.get(3) as number[][]).map(([, , flags, , bus, irq, , pin]) => [bus, irq, pin, flags]);
  t.deepEqual(interrupts.slice(0, 3), [[0, 3 << 2, 11, 1], [1, 0, 2, 0], [1, 1, 1, 0]]);
  t.false(interrupts.some(([bus, irq]) => bus === 1 && (irq === 2 || irq === 11)));
});

test('the root pointer leads to tables that add up to 0, and these to the others', t => {
  const root = find('RSD PTR ');
  t.is(sum(root, 20), 0);
  const rsdt = view.getUint32(root + 16, true);
  const tables = [36, 40].map(at => view.getUint32(rsdt + at, true));
  t.deepEqual([rsdt, ...tables].map(at => textAt(at, 4)), ['RSDT', 'FACP', 'APIC']);
  const [fadt] = tables;
  const [facs, dsdt] = [36, 40].map(at => view.getUint32(fadt + at, true));
  t.is(textAt(facs, 4), 'FACS');
  t.is(facs % 64, 0);
  t.is(textAt(dsdt, 4), 'DSDT');
  for (const at of [rsdt, ...tables, dsdt]) t.is(sum(at, view.getUint32(at + 4, true)), 0, textAt(at, 4));
  t.is(view.getUint32(fadt + 4, true), 116);
  t.deepEqual([56, 64, 76].map(at => view.getUint32(fadt + at, true)), [0x600, 0x604, 0x608]);
});

test('the interrupt controllers: overrides for the timer, the system control interrupt and the card\'s line', t => {
  const madt = view.getUint32(view.getUint32(find('RSD PTR ') + 16, true) + 40, true);
  const end = madt + view.getUint32(madt + 4, true);
  const overrides: number[][] = [];
  let at = madt + 44;
  for (; at < end; at += memory[at + 1]) if (memory[at] === 2) overrides.push([memory[at + 3], memory[at + 4], memory[at + 8]]);
  t.is(at, end);
  t.deepEqual(overrides, [[0, 2, 0], [9, 9, 13], [11, 11, 13]]);
});

test('the BIOS data area says where conventional memory ends', t => {
  t.is(view.getUint16(0x40e, true) << 4, 0x9_fc00);
  t.is(view.getUint16(0x413, true), 639);
});

test('the power-management timer counts at 3.58 MHz, and the machine can be switched off', t => {
  const {ports} = platform.devices;
  t.is(ports.read(0x608, 4), 0);
  ports.write(0x602, 2, 0x100);
  t.is(ports.read(0x602, 2), 0x100);
  t.is(ports.read(0x600, 2), 0);
  ports.write(0x604, 2, 0x0400);
  t.is(ports.read(0x604, 2), 0x0401);
  t.is(platform.exitCode, null);
  ports.write(0x604, 2, 0x2400);
  t.is(platform.exitCode, null, 'no such sleeping state');
  ports.write(0x604, 2, 0x2000);
  t.is(platform.exitCode, 0);
});
