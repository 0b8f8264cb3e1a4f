// One workload's image: the kernel, the workload's ring-0 part if it has one, and its user programs embedded as ELF files.
import {existsSync, globSync, writeFileSync} from 'node:fs';
import {basename, extname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {WorkloadDefinition} from 'worldswitch';
import {compile, link, preprocess} from './toolchain.ts';

/** Where a build reads (the package's folder) and writes (a temporary one). */
export interface BuildPlace {
  readonly root: URL;
  readonly objects: string;
}

/** The parts that all images share. */
export interface SharedParts {
  readonly kernel: readonly string[];
  readonly freestanding: readonly string[];
  readonly user: readonly string[];
}

const compileInto = (place: BuildPlace, source: string): string => {
  const output = join(place.objects, `${source.replaceAll('/', '_')}.o`);
  compile(place.root, source, output);
  return output;
};

/** Compiles every C and assembly file of a folder, in alphabetical order: order decides the layout of the image. */
const compileFolder = (place: BuildPlace, folder: string): string[] =>
  globSync(`${folder}/*.{c,S}`, {cwd: fileURLToPath(place.root)}).toSorted().map((source) => compileInto(place, source));

export const compileShared = (place: BuildPlace): SharedParts => {
  preprocess(place.root, 'workloads/kernel/kernel.ld', join(place.objects, 'kernel.ld'));
  return {
    kernel: compileFolder(place, 'workloads/kernel'),
    freestanding: compileFolder(place, 'workloads/freestanding'),
    user: compileFolder(place, 'workloads/user'),
  };
};

/** Sources that become programs of their own, under the names that exec knows. Any other C file is part of every program. */
const PROGRAMS: Readonly<Record<string, string>> = {'user.c': 'init', 'child.c': 'child'};

interface Program {
  readonly name: string;
  readonly file: string;
}

const linkProgram = (place: BuildPlace, prefix: string, name: string, objects: readonly string[]): Program => {
  const file = join(place.objects, `${prefix}-${name}.elf`);
  link(fileURLToPath(new URL('workloads/user/program.ld', place.root)), objects, file);
  return {name, file};
};

const buildPrograms = (place: BuildPlace, shared: SharedParts, folder: string): Program[] => {
  const sources = globSync(`${folder}/*.c`, {cwd: fileURLToPath(place.root)}).toSorted();
  const parts = sources.filter((source) => !(basename(source) in PROGRAMS) && basename(source) !== 'kernel.c');
  const common = [...shared.user, ...shared.freestanding, ...parts.map((source) => compileInto(place, source))];
  return sources
    .filter((source) => basename(source) in PROGRAMS)
    .map((source) => linkProgram(place, basename(folder), PROGRAMS[basename(source)], [...common, compileInto(place, source)]));
};

/** The text of `kernel/settings.h`'s tables for one image. */
const settingsSource = (defaults: string, programs: readonly Program[]): string => [
  '.section .rodata',
  '.globl embedded_programs, default_parameters',
  '.balign 4',
  'embedded_programs:',
  ...programs.map((program) => `.long name_${program.name}, image_${program.name}`),
  '.long 0, 0',
  `default_parameters: .asciz "${defaults}"`,
  ...programs.map((program) => `name_${program.name}: .asciz "${program.name}"`),
  ...programs.flatMap((program) => ['.balign 4', `image_${program.name}: .incbin "${program.file}"`]),
  '',
].join('\n');

const defaultsOf = (definition: WorkloadDefinition): string =>
  Object.entries(definition.parameters).map(([name, parameter]) => `${name}=${parameter.default}`).join(' ');

/** Builds a workload's image into the file `output`. */
export const buildImage = (place: BuildPlace, shared: SharedParts, definition: WorkloadDefinition, output: string): void => {
  const folder = `workloads/${definition.suite}/${definition.name}`;
  const settings = join(place.objects, `${definition.name}-settings.S`);
  writeFileSync(settings, settingsSource(defaultsOf(definition), buildPrograms(place, shared, folder)));
  const ring0 = existsSync(new URL(`${folder}/kernel.c`, place.root)) ? [compileInto(place, `${folder}/kernel.c`)] : [];
  const settingsObject = join(place.objects, `${basename(settings, extname(settings))}.o`);
  compile(place.root, settings, settingsObject);
  link(join(place.objects, 'kernel.ld'), [...shared.kernel, ...shared.freestanding, ...ring0, settingsObject], output);
};
