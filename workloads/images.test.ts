// The committed images: what they are, what they were built with, and whether they print what their definitions expect.
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import test from 'ava';
import {extentOf, readGuestModification} from './guest-modification.ts';
import {BUILDS} from './image.ts';
import {WORKLOADS, WORKLOADS_FOLDER} from './index.ts';
import {readConsoles} from './record-consoles.ts';
import {readToolchain} from './toolchain.ts';

const MULTIBOOT_MAGIC = 0x1badb002;
const MULTIBOOT_SEARCH_BYTES = 8192;

const toolchain = readToolchain(WORKLOADS_FOLDER);
const recorded = readConsoles(WORKLOADS_FOLDER);

/** Offset of a Multiboot v1 header whose three words add up to zero, or -1 (Multiboot Specification 0.6.96, 3.1). */
const findMultibootHeader = (image: Buffer): number => {
  for (let offset = 0; offset + 12 <= Math.min(image.length, MULTIBOOT_SEARCH_BYTES); offset += 4) {
    const [magic, flags, checksum] = [0, 4, 8].map((word) => image.readUInt32LE(offset + word));
    if (magic === MULTIBOOT_MAGIC && (magic + flags + checksum) % 2 ** 32 === 0) return offset;
  }
  return -1;
};

for (const {definition, folder} of WORKLOADS) {
  const file = new URL(definition.image, folder);

  test(`${definition.name}: the image is an ELF32 executable for the 386 with a Multiboot header`, (t) => {
    const image = readFileSync(file);
    t.is(image.toString('latin1', 0, 4), '\x7fELF');
    t.deepEqual([image.readUInt8(4), image.readUInt16LE(16), image.readUInt16LE(18)], [1, 2, 3]);
    t.not(findMultibootHeader(image), -1);
    t.true(statSync(file).size < 48 * 1024);
  });

  test(`${definition.name}: the image is the one that toolchain.json names`, (t) => {
    t.is(createHash('sha256').update(readFileSync(file)).digest('hex'), toolchain.images[definition.image]);
  });
}

const SHT_NOTE = 7;
const NOTE_NAMES: Readonly<Record<number, string>> = {
  1: 'ENTRY', 2: 'HYPERCALL_PAGE', 3: 'VIRT_BASE', 4: 'PADDR_OFFSET', 5: 'XEN_VERSION', 6: 'GUEST_OS', 7: 'GUEST_VERSION', 8: 'LOADER',
  9: 'PAE_MODE', 10: 'FEATURES',
};
const NUMBERS: readonly string[] = ['ENTRY', 'HYPERCALL_PAGE', 'VIRT_BASE', 'PADDR_OFFSET'];

const aligned = (size: number): number => Math.ceil(size / 4) * 4;

/** Notes of the owner Xen in a section of notes (Tool Interface Standard ELF 1.2, Note Section; Xen, public/elfnote.h). */
const xenNotes = (section: Buffer): Record<string, number | string> => {
  const notes: Record<string, number | string> = {};
  for (let at = 0; at < section.length;) {
    const [nameSize, size, type] = [0, 4, 8].map((offset) => section.readUInt32LE(at + offset));
    const name = section.toString('latin1', at + 12, at + 12 + nameSize - 1);
    const description = section.subarray(at + 12 + aligned(nameSize), at + 12 + aligned(nameSize) + size);
    const key = name === 'Xen' ? NOTE_NAMES[type] : `${name} ${type}`;
    notes[key] = NUMBERS.includes(key) ? description.readUInt32LE() : description.toString('latin1', 0, size - 1);
    at += 12 + aligned(nameSize) + aligned(size);
  }
  return notes;
};

const noteSection = (image: Buffer): Buffer => {
  const [table, entrySize, count] = [image.readUInt32LE(32), image.readUInt16LE(46), image.readUInt16LE(48)];
  const header = Array.from({length: count}, (_, index) => table + index * entrySize).find((at) => image.readUInt32LE(at + 4) === SHT_NOTE)!;
  return image.subarray(image.readUInt32LE(header + 16), image.readUInt32LE(header + 16) + image.readUInt32LE(header + 20));
};

for (const {definition, folder} of WORKLOADS.filter((workload) => workload.definition.paravirtualImage)) {
  const file = definition.paravirtualImage!;

  test(`${definition.name}: the paravirtual image tells a domain builder what it is by notes`, (t) => {
    const image = readFileSync(new URL(file, folder));
    t.deepEqual([image.toString('latin1', 0, 4), image.readUInt8(4), image.readUInt16LE(18)], ['\x7fELF', 1, 3]);
    t.is(findMultibootHeader(image), -1);
    t.deepEqual(xenNotes(noteSection(image)), {
      GUEST_OS: 'worldswitch', GUEST_VERSION: '1', XEN_VERSION: 'xen-3.0', VIRT_BASE: 0xc000_0000, PADDR_OFFSET: 0, ENTRY: image.readUInt32LE(24),
      HYPERCALL_PAGE: 0xc010_0000, FEATURES: '', PAE_MODE: 'no', LOADER: 'generic',
    });
    t.true(image.length < 40 * 1024);
  });

  test(`${definition.name}: the paravirtual image is the one that toolchain.json names`, (t) => {
    t.is(createHash('sha256').update(readFileSync(new URL(file, folder))).digest('hex'), toolchain.images[file]);
  });
}

test('the guest modification on record is that of the sources', (t) => {
  const recordedExtents = readGuestModification(WORKLOADS_FOLDER);
  for (const [extent, build] of [[recordedExtents.added, BUILDS.paravirtual], [recordedExtents.replaced, BUILDS.native]] as const) {
    t.deepEqual(extentOf(new URL(`../${build.layer}/`, WORKLOADS_FOLDER), extent.bytes), extent);
    t.true(extent.bytes > 1000 && extent.bytes < 8000);
  }
});

test('outside the paravirt layer no source of the kernel says for which build it is', (t) => {
  const kernel = new URL('kernel/', WORKLOADS_FOLDER);
  const sources = readdirSync(kernel).filter((name) => /\.[chS]$/.test(name) && name !== 'paravirt.h');
  for (const name of sources) t.notRegex(readFileSync(new URL(name, kernel), 'utf8'), /#if|#ifdef|hypercall|"inb|"outb|"cli|"sti|%%?cr[0-9]/i, name);
});

const definitionOf = (name: string) => WORKLOADS.find(({definition}) => definition.name === name)?.definition;

for (const {workload, parameters, console: text, exitCode} of recorded.records) {
  test(`${workload} ${JSON.stringify(parameters)}: QEMU printed what the definition expects`, (t) => {
    const definition = definitionOf(workload);
    t.truthy(definition);
    const defaults = Object.entries(definition!.parameters).map(([name, parameter]) => [name, parameter.default]);
    t.is(text, definition!.expected({...Object.fromEntries(defaults), ...parameters}));
    t.is(exitCode, (definition!.exitValue << 1) | 1);
  });
}

test('every workload was recorded under QEMU with its defaults', (t) => {
  const names = recorded.records.filter(({parameters}) => Object.keys(parameters).length === 0).map(({workload}) => workload);
  t.deepEqual(names, WORKLOADS.map(({definition}) => definition.name));
});

test('every folder with a workload definition is in the list', (t) => {
  const folders = readdirSync(WORKLOADS_FOLDER, {recursive: true, encoding: 'utf8'})
    .filter((path) => path.endsWith('/workload.ts')).map((path) => path.slice(0, -'/workload.ts'.length));
  t.deepEqual(folders.toSorted(), WORKLOADS.map(({definition}) => `${definition.suite}/${definition.name}`).toSorted());
});

test('parameter defaults lie in their own ranges', (t) => {
  const rows = WORKLOADS.flatMap(({definition}) => Object.entries(definition.parameters).map(([name, parameter]) => ({definition, name, parameter})));
  for (const {definition, name, parameter} of rows) {
    const inside = parameter.kind === 'number'
      ? parameter.default >= parameter.min && parameter.default <= parameter.max
      : parameter.values.includes(parameter.default);
    t.true(inside, `${definition.name} ${name}`);
  }
});
