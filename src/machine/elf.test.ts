import test from 'ava';
import {elfKernel, patched, wordBytes} from './elf-fixture.ts';
import {isElf, parseElf} from './elf.ts';
import {ImageError} from './image-error.ts';
import {Image} from './image.ts';

const parse = (bytes: Uint8Array) => parseElf(new Image('kernel.elf', bytes));
const PROGRAM_HEADER = 52;

test('segments, entry and sections are read from the headers', t => {
  const elf = parse(
    elfKernel({
      entry: 0xc0100010,
      header: null,
      segments: [
        {physicalAddress: 0x100000, virtualAddress: 0xc0100000, data: [1, 2, 3], memorySize: 0x2000},
        {type: 4, physicalAddress: 0, data: [9]},
        {physicalAddress: 0x200000, data: [4]},
      ],
      sections: [{type: 0, data: []}, {type: 3, data: [0]}],
    }),
  );
  t.is(elf.entry, 0xc0100010);
  t.deepEqual(elf.segments, [
    {headerOffset: 52, offset: 148, virtualAddress: 0xc0100000, physicalAddress: 0x100000, fileSize: 3, memorySize: 0x2000},
    {headerOffset: 116, offset: 152, virtualAddress: 0x200000, physicalAddress: 0x200000, fileSize: 1, memorySize: 1},
  ]);
  t.deepEqual(elf.sections, {offset: 154, count: 2, entrySize: 40, names: 1});
});

test('a segment without memory is left out, a stripped file has no sections', t => {
  const elf = parse(elfKernel({header: null, segments: [{physicalAddress: 0x100000, data: []}]}));
  t.deepEqual(elf.segments, []);
  t.is(elf.sections, null);
});

test('ELF is told by its magic number', t => {
  t.true(isElf(new Image('a', elfKernel())));
  t.false(isElf(new Image('a', Uint8Array.of(0x7f, 0x45, 0x4c))));
});

const kernel = elfKernel();
const withSections = elfKernel({sections: [{type: 3, data: [0]}]});
const malformed: Array<[title: string, bytes: Uint8Array, offset: number, message: RegExp]> = [
  ['a text file', new TextEncoder().encode('#!/bin/sh\n'), 0, /this is not an ELF file; give a Multiboot kernel/],
  ['a header cut short', kernel.subarray(0, 40), 0, /the file ends at 0x28, inside the ELF header; it is cut short/],
  ['64-bit ELF', patched(kernel, 4, 2), 4, /this is a 64-bit ELF file; the machine is 32-bit, so build with -m32/],
  ['an unknown class', patched(kernel, 4, 9), 4, /unknown class 9/],
  ['big-endian ELF', patched(kernel, 5, 2), 5, /big-endian/],
  ['an ELF file for ARM', patched(kernel, 18, 40), 18, /for machine 40, not for i386/],
  ['an object file', patched(kernel, 16, 1), 16, /of type 1, not an executable/],
  ['program headers outside the file', patched(kernel, 28, ...wordBytes([0x7fffffff])), 0x7fffffff, /inside the program headers/],
  ['program headers too small', patched(kernel, 42, 8), 42, /program headers have 8 bytes, fewer than 32/],
  ['section headers outside the file', patched(withSections, 32, ...wordBytes([0x10000])), 0x10000, /inside the section headers/],
  ['section headers too small', patched(withSections, 46, 39), 46, /section headers have 39 bytes, fewer than 40/],
  [
    'a segment outside the file',
    patched(kernel, PROGRAM_HEADER + 4, ...wordBytes([0xfffffff0])),
    PROGRAM_HEADER,
    /this segment ends at 0xfffffffe, outside the file of 0x62 bytes/,
  ],
  [
    'a segment larger in the file than in memory',
    patched(kernel, PROGRAM_HEADER + 20, 1),
    PROGRAM_HEADER,
    /larger in the file than in memory/,
  ],
];
for (const [title, bytes, offset, message] of malformed) {
  test(`refused: ${title}`, t => {
    const error = t.throws(() => parse(bytes), {instanceOf: ImageError, message});
    t.is(error.offset, offset);
    t.true(error.message.startsWith(`kernel.elf, offset 0x${offset.toString(16)}: `), error.message);
  });
}

test('a header cut anywhere is refused, never a crash', t => {
  for (let length = 0; length < withSections.length; length++) {
    t.throws(() => parse(withSections.subarray(0, length)), {instanceOf: ImageError}, `${length} bytes`);
  }
});
