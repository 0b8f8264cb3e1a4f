// Linux's 32-bit boot protocol: what is loaded where, and what is refused. Linux, Documentation/x86/boot.rst.
import test from 'ava';
import {ImageError} from '../image-error.ts';
import {loadLinux, type Initrd} from './boot.ts';

const MIB = 2 ** 20;
const SETUP_SECTORS = 2, PAYLOAD = (SETUP_SECTORS + 1) * 512, CODE = Uint8Array.from({length: 64}, (_, at) => at + 1);

interface Change {
  readonly at: number;
  readonly bytes: readonly number[];
}

/** A kernel of protocol 2.12 that runs at 4 MiB and needs 1 MiB there. */
function kernel(...changes: readonly Change[]): Uint8Array {
  const bytes = new Uint8Array(PAYLOAD + CODE.length);
  const view = new DataView(bytes.buffer);
  bytes[0x1f1] = SETUP_SECTORS;
  view.setUint32(0x1f4, CODE.length / 16, true);
  view.setUint16(0x1fe, 0xaa55, true);
  view.setUint16(0x200, 0x66eb, true);
  view.setUint32(0x202, 0x53726448, true);
  view.setUint16(0x206, 0x20c, true);
  bytes[0x211] = 0x01;
  for (const [at, value] of [[0x214, MIB], [0x22c, 0x7fff_ffff], [0x230, 0x1000], [0x238, 255], [0x258, 4 * MIB], [0x260, MIB]]) view.setUint32(at, value, true);
  bytes[0x234] = 1;
  bytes.set(CODE, PAYLOAD);
  for (const {at, bytes: changed} of changes) bytes.set(changed, at);
  return bytes;
}

const change = (at: number, ...bytes: number[]): Change => ({at, bytes});
const word = (at: number, value: number): Change => change(at, value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);

function load(bytes: Uint8Array, {size = 8 * MIB, initrd = null, commandLine = ''}: {size?: number; initrd?: Initrd | null; commandLine?: string} = {}) {
  const memory = new Uint8Array(size);
  const start = loadLinux({file: 'bzImage', bytes, memory: {size, write: (at, from) => memory.set(from, at)}, commandLine, initrd});
  const view = new DataView(memory.buffer);
  return {memory, start, zeroPage: (offset: number) => view.getUint32(start.zeroPage + offset, true), view};
}

test('the protected-mode kernel lies at its load address and is entered there; the header stands in the zero page', t => {
  const {memory, start, zeroPage} = load(kernel());
  t.is(start.entry, MIB);
  t.deepEqual(memory.slice(MIB, MIB + CODE.length), CODE);
  t.is(zeroPage(0x202), 0x53726448);
  t.is(memory[start.zeroPage + 0x210], 0xff, 'a loader without a number of its own');
});

test('segments 0x10 and 0x18 are flat code and data', t => {
  const {start: {gdt}, view} = load(kernel());
  t.is(view.getBigUint64(gdt.base + 0x10, true), 0x00cf9b000000ffffn);
  t.is(view.getBigUint64(gdt.base + 0x18, true), 0x00cf93000000ffffn);
  t.true(gdt.limit >= 0x1f);
});

test('the memory map is that of E820, and the screen is a VGA in its text mode', t => {
  const {memory, start: {zeroPage: page}, view} = load(kernel());
  const ranges = Array.from({length: memory[page + 0x1e8]}, (_, at) =>
    [Number(view.getBigUint64(page + 0x2d0 + at * 20, true)), Number(view.getBigUint64(page + 0x2d8 + at * 20, true)), view.getUint32(page + 0x2e0 + at * 20, true)]);
  t.deepEqual(ranges.find(([address]) => address === MIB), [MIB, 7 * MIB, 1]);
  t.deepEqual(ranges[0], [0, 0x9fc00, 1]);
  t.deepEqual([memory[page + 6], memory[page + 7], memory[page + 0xe], memory[page + 0xf]], [3, 80, 25, 1]);
});

test('the command line ends in a zero', t => {
  const {memory, zeroPage} = load(kernel(), {commandLine: 'console=ttyS0 quiet'});
  const at = zeroPage(0x228);
  t.is(new TextDecoder().decode(memory.subarray(at, memory.indexOf(0, at))), 'console=ttyS0 quiet');
});

const INITRDS: ReadonlyArray<readonly [what: string, max: number, address: number]> = [
  ['at the end of memory', 0x7fff_ffff, 8 * MIB - 4096], ['below the highest address that the kernel takes', 6 * MIB - 1, 6 * MIB - 4096],
];
for (const [what, max, address] of INITRDS) {
  test(`the initial file system lies ${what}`, t => {
    const initrd = {file: 'initrd', bytes: Uint8Array.from({length: 100}, (_, at) => at)};
    const {memory, zeroPage} = load(kernel(word(0x22c, max)), {initrd});
    t.is(zeroPage(0x218), address);
    t.is(zeroPage(0x21c), 100);
    t.deepEqual(memory.slice(address, address + 100), initrd.bytes);
  });
}

const initrd = (length: number): Initrd => ({file: 'initrd.gz', bytes: new Uint8Array(length)});
const REFUSED: ReadonlyArray<readonly [what: string, bytes: Uint8Array, options: Parameters<typeof load>[1], message: RegExp]> = [
  ['no boot flag', kernel(change(0x1fe, 0, 0)), {}, /^bzImage, offset 0x1fe: the boot flag is 0x0/],
  ['no magic number', kernel(change(0x202, 0)), {}, /offset 0x202: no 'HdrS'/],
  ['an unknown protocol', kernel(change(0x206, 0, 3)), {}, /offset 0x206: boot protocol 3.00 is unknown/],
  ['a zImage', kernel(change(0x211, 0)), {}, /offset 0x211: the kernel is a zImage/],
  ['a 64-bit kernel', kernel(change(0x236, 1)), {}, /offset 0x236: the kernel is a 64-bit one/],
  ['a file cut in the header', kernel().subarray(0, 0x1f8), {}, /ends at 0x1f8, inside the setup header/],
  ['a file cut in the setup code', kernel().subarray(0, 0x400), {}, /offset 0x1f1: the setup code's 3 sectors reach to or beyond the end/],
  ['a file cut in the kernel', kernel(word(0x1f4, 100)), {}, /offset 0x1f4: the protected-mode kernel should have 1600 bytes, and the file holds 64/],
  ['no kernel', kernel(word(0x1f4, 0)), {}, /offset 0x1f4: the protected-mode kernel has no bytes/],
  ['an entry below 1 MiB', kernel(word(0x214, 0x10000)), {}, /offset 0x214: the kernel's 32-bit entry is 0x10000/],
  ['too little memory', kernel(), {size: 4 * MIB}, /offset 0x260: the kernel needs memory up to 0x500000 .* give it at least --memory 5/],
  ['a command line too long', kernel(word(0x238, 10)), {commandLine: 'console=ttyS0'}, /offset 0x238: the command line has 13 characters, and the kernel takes 10/],
  ['an empty initial file system', kernel(), {initrd: initrd(0)}, /^initrd.gz, offset 0x0: the initial file system is empty/],
  ['an initial file system without room', kernel(), {initrd: initrd(4 * MIB)}, /^initrd.gz, offset 0x0: .* does not fit between the kernel's end at 0x500000 and 0x800000/],
];
for (const [what, bytes, options, message] of REFUSED) {
  test(`${what} is refused with file, offset and reason`, t => {
    t.throws(() => load(bytes, options), {instanceOf: ImageError, message});
  });
}
