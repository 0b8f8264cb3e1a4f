// The committed images: what they are, what they were built with, and whether they print what their definitions expect.
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import test from 'ava';
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
    t.true(statSync(file).size < 40 * 1024);
  });

  test(`${definition.name}: the image is the one that toolchain.json names`, (t) => {
    t.is(createHash('sha256').update(readFileSync(file)).digest('hex'), toolchain.images[definition.image]);
  });
}

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
