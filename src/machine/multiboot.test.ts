// Multiboot Specification 0.6.96, section by section.
import test from 'ava';
import {elfKernel, multibootHeader, patched, wordBytes, type Fixture, type FixtureSegment} from './elf-fixture.ts';
import {ImageError} from './image-error.ts';
import {loadMultiboot, type MultibootModule} from './multiboot.ts';

const MIB = 0x100000;

class Memory {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(size = 4 * MIB) {
    this.bytes = new Uint8Array(size).fill(0xcc);
    this.view = new DataView(this.bytes.buffer);
  }

  get size(): number {
    return this.bytes.length;
  }

  write(address: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, address);
  }

  u32(address: number): number {
    return this.view.getUint32(address, true);
  }

  words(address: number, count: number): number[] {
    return Array.from({length: count}, (_, index) => this.u32(address + 4 * index));
  }

  text(address: number): string {
    return new TextDecoder().decode(this.bytes.subarray(address, this.bytes.indexOf(0, address)));
  }
}

interface Boot {
  readonly memory?: Memory;
  readonly commandLine?: string;
  readonly modules?: readonly MultibootModule[];
}

function boot(bytes: Uint8Array, {memory = new Memory(), ...options}: Boot = {}) {
  const start = loadMultiboot({file: 'kernel.elf', bytes, memory, ...options});
  return {memory, start, info: (offset: number) => memory.u32(start.infoAddress + offset)};
}

const bootElf = (fixture: Fixture, options: Boot = {}) => boot(elfKernel(fixture), options);

test('segments go to their physical addresses, the rest of their memory is zero', t => {
  const {memory, start} = bootElf({
    segments: [
      {physicalAddress: MIB, data: [1, 2, 3]},
      {physicalAddress: 0x8000, data: [4, 5], memorySize: 0x20000},
    ],
  });
  t.deepEqual([...memory.bytes.subarray(MIB + 12, MIB + 16)], [1, 2, 3, 0xcc]);
  t.deepEqual([...memory.bytes.subarray(0x8000, 0x8003)], [4, 5, 0]);
  t.true(memory.bytes.subarray(0x8002, 0x28000).every(byte => byte === 0));
  t.is(memory.bytes[0x28000], 0xcc);
  t.is(start.entry, MIB);
  t.is(start.magic, 0x2badb002);
});

test('an entry point in a virtual range is moved to the physical one', t => {
  const {start} = bootElf({
    entry: 0xc0100004,
    segments: [{physicalAddress: 2 * MIB, virtualAddress: 0xc0100000, data: [1]}],
  });
  t.is(start.entry, 2 * MIB + 4);
});

test('the information names its parts in the flags: memory, command line, modules, map, loader', t => {
  const {info, memory} = bootElf({}, {commandLine: 'root=/dev/hda quiet'});
  t.is(info(0), 0b10_0100_1101);
  t.is(memory.text(info(16)), 'root=/dev/hda quiet');
  t.is(memory.text(info(64)), 'worldswitch');
});

test('lower and upper memory are in KiB', t => {
  const {info} = bootElf({}, {memory: new Memory(16 * MIB)});
  t.deepEqual([info(4), info(8)], [639, 15 * 1024]);
});

test('the memory map lists conventional memory, the reserved areas, and all above 1 MiB', t => {
  const {info, memory} = bootElf({}, {memory: new Memory(16 * MIB)});
  t.is(info(44), 4 * 24);
  const entries = [0, 1, 2, 3].map(index => memory.words(info(48) + 24 * index, 6));
  t.deepEqual(entries, [
    [20, 0, 0, 0x9fc00, 0, 1],
    [20, 0x9fc00, 0, 0x400, 0, 2],
    [20, 0xf0000, 0, 0x10000, 0, 2],
    [20, MIB, 0, 15 * MIB, 0, 1],
  ]);
});

test('modules lie page-aligned above the kernel, each with its command line', t => {
  const modules = [
    {bytes: Uint8Array.of(1, 2, 3), commandLine: 'initrd one'},
    {bytes: new Uint8Array(5000).fill(7), commandLine: ''},
    {bytes: Uint8Array.of(9), commandLine: 'last'},
  ];
  const {info, memory} = bootElf({segments: [{physicalAddress: MIB, data: [0], memorySize: 0x1801}]}, {modules});
  t.is(info(20), 3);
  const entries = [0, 1, 2].map(index => memory.words(info(24) + 16 * index, 4));
  t.deepEqual(entries.map(([start, end]) => [start, end]), [
    [MIB + 0x2000, MIB + 0x2003],
    [MIB + 0x3000, MIB + 0x3000 + 5000],
    [MIB + 0x5000, MIB + 0x5001],
  ]);
  t.deepEqual(entries.map(([, , text]) => memory.text(text)), ['initrd one', '', 'last']);
  t.deepEqual(entries.map(([start]) => memory.bytes[start]), [1, 7, 9]);
});

test('modules lie at 1 MiB or above even when the kernel is below', t => {
  const segments = [{physicalAddress: 0x8000, data: [0]}];
  const {info, memory} = bootElf({entry: 0x8000, segments}, {modules: [{bytes: Uint8Array.of(1), commandLine: ''}]});
  t.is(memory.u32(info(24)), MIB);
});

test('without modules the count is zero and the flag is set', t => {
  const {info} = bootElf({});
  t.is(info(20), 0);
  t.is(info(0) & 8, 8);
});

test('the section header table points to symbols and strings in memory, and to loaded sections where they are', t => {
  const sections = [
    {type: 0, data: []},
    {type: 1, address: MIB, data: []},
    {type: 2, data: [0x11, 0x12]},
    {type: 1, data: [0x21]},
    {type: 3, data: [0x31, 0x32, 0x33]},
  ];
  const {info, memory} = bootElf({sections});
  t.is(info(0) & 32, 32);
  t.deepEqual([info(28), info(32), info(40)], [5, 40, 4]);
  const addresses = [0, 1, 2, 3, 4].map(index => memory.u32(info(36) + 40 * index + 12));
  t.deepEqual(addresses, [0, MIB, MIB + 0x1000, 0, MIB + 0x2000]);
  t.deepEqual([...memory.bytes.subarray(MIB + 0x1000, MIB + 0x1002)], [0x11, 0x12]);
  t.deepEqual([...memory.bytes.subarray(MIB + 0x2000, MIB + 0x2003)], [0x31, 0x32, 0x33]);
});

const places: Array<[title: string, segments: readonly FixtureSegment[], address: number]> = [
  ['in the second page', [{physicalAddress: MIB, data: [0]}], 0x1000],
  ['behind a low segment', [{physicalAddress: MIB, data: [0]}, {physicalAddress: 0x800, data: [0], memorySize: 0x1000}], 0x2000],
  ['above the kernel when conventional memory is taken', [{physicalAddress: MIB, data: [0]}, {physicalAddress: 0, data: [0], memorySize: 0x9fc00}], MIB + 0x1000],
];
for (const [title, segments, address] of places) {
  test(`the information lies ${title}`, t => {
    t.is(bootElf({segments}).start.infoAddress, address);
  });
}

test('a flat binary is loaded by the addresses in its header', t => {
  const words = multibootHeader(0x10003, 2 * MIB + 4, 2 * MIB, 2 * MIB + 40, 2 * MIB + 100, 2 * MIB + 36);
  const file = Uint8Array.from([1, 2, 3, 4, ...wordBytes(words), 5, 6, 7, 8, 9, 10]);
  const {memory, start} = boot(file);
  t.is(start.entry, 2 * MIB + 36);
  t.deepEqual([...memory.bytes.subarray(2 * MIB, 2 * MIB + 4)], [1, 2, 3, 4]);
  t.deepEqual([...memory.bytes.subarray(2 * MIB + 36, 2 * MIB + 41)], [5, 6, 7, 8, 0]);
  t.is(memory.bytes[2 * MIB + 99], 0);
  t.is(memory.bytes[2 * MIB + 100], 0xcc);
});

test('a flat binary with end addresses of 0 is loaded to its end', t => {
  const file = Uint8Array.from([...wordBytes(multibootHeader(0x10000, MIB, MIB, 0, 0, MIB)), 0xaa]);
  t.is(boot(file).memory.bytes[MIB + 32], 0xaa);
});

test('a header is found up to the end of the first 8192 bytes, not beyond', t => {
  const fixture = (padding: number) =>
    elfKernel({header: [...Array.from({length: padding / 4}, () => 0), ...multibootHeader(0)]});
  const first = 52 + 32;
  t.notThrows(() => boot(fixture(8192 - 12 - first)));
  t.throws(() => boot(fixture(8192 - 8 - first)), {message: /no Multiboot header/});
});

test('a header that is not aligned to 4 is not found', t => {
  const unaligned = elfKernel({header: null, segments: [{physicalAddress: MIB, data: [0, ...wordBytes(multibootHeader(0))]}]});
  t.throws(() => boot(unaligned), {message: /no Multiboot header/});
});

test('a wrong header is passed over when a right one follows', t => {
  t.notThrows(() => bootElf({header: [0x1badb002, 0, 0, ...multibootHeader(0)]}));
});

test('page-aligned modules, memory information and a video mode may be asked for, as may optional features', t => {
  t.notThrows(() => bootElf({header: multibootHeader(0x00fe0007)}));
});

const kernel = elfKernel();
const flat = (...addresses: number[]): Uint8Array => Uint8Array.from(wordBytes(multibootHeader(0x10000, ...addresses)));
const at = (physicalAddress: number, memorySize = 0x100): Uint8Array =>
  elfKernel({entry: physicalAddress, segments: [{physicalAddress, data: [0], memorySize}]});

const malformed: Array<[title: string, bytes: Uint8Array, offset: number, message: RegExp]> = [
  ['an empty file', new Uint8Array(), 0, /the file is empty; give a Multiboot kernel/],
  ['a file that is neither ELF nor Multiboot', Uint8Array.of(1, 2, 3), 0, /this is not an ELF file/],
  ['a Multiboot header without addresses in a file that is not ELF', Uint8Array.from(wordBytes(multibootHeader(0))), 0, /not an ELF file/],
  ['no Multiboot header', elfKernel({header: null}), 0, /no Multiboot header .* put its section first in the linker script/],
  ['a bad checksum', patched(kernel, 92, 0), 92, /checksum is 0xe4524f00, where its magic number and flags need 0xe4524ffe/],
  ['unknown demands', elfKernel({header: multibootHeader(0x0018)}), 88, /unknown features \(flags 0x18\); clear these flags/],
  ['a 64-bit ELF file with a good header', patched(kernel, 4, 2), 4, /64-bit/],
  ['a segment beyond guest memory', at(0x3fff80), 52, /0x3fff80 to 0x400080 lies beyond guest memory of 0x400000 bytes/],
  ['a segment past 4 GiB', at(0xffffff80), 52, /reaches past 4 GiB/],
  [
    'segments that overlap',
    elfKernel({segments: [{physicalAddress: MIB, data: [0]}, {physicalAddress: MIB + 8, data: [0]}]}),
    84,
    /the segment at 0x100008 to 0x100009 overlaps the one at 0x100000/,
  ],
  ['nothing to load', elfKernel({header: null, segments: [{type: 4, physicalAddress: 0, data: wordBytes(multibootHeader(0))}]}), 0, /nothing to load/],
  ['an entry point outside', elfKernel({entry: 0x200000}), 0, /the entry point 0x200000 lies in no loaded segment/],
  ['address fields cut short', flat(MIB), 0, /inside the address fields/],
  ['header_addr below load_addr', flat(MIB, MIB + 4, 0, 0, MIB), 12, /header_addr 0x100000 lies below load_addr 0x100004/],
  ['load_addr before the file', flat(MIB + 4, MIB, 0, 0, MIB), 16, /before the beginning of the file/],
  ['load_end_addr below load_addr', flat(MIB, MIB, MIB - 4, 0, MIB), 20, /load_end_addr 0xffffc lies below/],
  ['load_end_addr outside the file', flat(MIB, MIB, MIB + 64, 0, MIB), 20, /outside the file/],
  ['bss_end_addr inside the loaded part', flat(MIB, MIB, 0, MIB + 4, MIB), 24, /bss_end_addr 0x100004 lies below/],
];
for (const [title, bytes, offset, message] of malformed) {
  test(`refused: ${title}`, t => {
    const error = t.throws(() => boot(bytes), {instanceOf: ImageError, message});
    t.is(error.offset, offset);
    t.regex(error.message, /^kernel\.elf, offset 0x[\da-f]+: [^.]*( [^ ]*\.[^ ]+)*[^.]*\.$/, 'one sentence');
  });
}

test('refused: a module that does not fit', t => {
  const modules = [{bytes: new Uint8Array(4 * MIB), commandLine: ''}];
  t.throws(() => boot(kernel, {modules}), {
    instanceOf: ImageError,
    message: 'kernel.elf, offset 0x0: module 1 (4194304 bytes) does not fit behind it in guest memory of 0x400000 bytes; give the guest more memory.',
  });
});

test('an image refused for its segments has written nothing', t => {
  const memory = new Memory();
  const bytes = elfKernel({segments: [{physicalAddress: MIB, data: [0]}, {physicalAddress: 0x400000, data: [0]}]});
  t.throws(() => boot(bytes, {memory}));
  t.true(memory.bytes.every(byte => byte === 0xcc));
});
