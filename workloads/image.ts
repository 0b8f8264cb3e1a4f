// One workload's image: the kernel, the workload's ring-0 part if it has one, and its user programs embedded as ELF files.
import {existsSync, globSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {WorkloadDefinition} from 'worldswitch';
import {compile, link, preprocess} from './toolchain.ts';

/** Where a build reads (the package's folder) and writes (a temporary one). */
export interface BuildPlace {
  readonly root: URL;
  readonly objects: string;
}

/** The two builds of the kernel: one source, and one folder each for what the paravirt layer does differently. */
export const BUILDS = {
  native: {name: 'native', layer: 'workloads/kernel/native'},
  paravirtual: {name: 'paravirtual', layer: 'workloads/kernel/xen'},
} as const;
export type Build = (typeof BUILDS)[keyof typeof BUILDS];

/** The parts that all images share, those of the kernel once for each build. */
export interface SharedParts {
  readonly kernel: Readonly<Record<Build['name'], readonly string[]>>;
  readonly freestanding: readonly string[];
  readonly user: readonly string[];
  /** Drivers of a PC's buses and disk controllers, or front ends of a hypervisor's, in the images of workloads that have a disk or a network card. */
  readonly drivers: Readonly<Record<Build['name'], readonly string[]>>;
  /** The network's protocols, once for each build, and the drivers of cards. */
  readonly network: Readonly<Record<Build['name'], readonly string[]>>;
}

const objectOf = (place: BuildPlace, source: string, build?: Build): string =>
  join(place.objects, `${build ? `${build.name}_` : ''}${source.replaceAll('/', '_')}.o`);

const compileInto = (place: BuildPlace, source: string, build?: Build): string => {
  const output = objectOf(place, source, build);
  compile(place.root, source, output, build?.layer);
  return output;
};

/** The C and assembly files of some folders, by their names: order decides the layout of the image. */
const sourcesOf = (place: BuildPlace, ...folders: readonly string[]): string[] =>
  folders.flatMap((folder) => globSync(`${folder}/*.{c,S}`, {cwd: fileURLToPath(place.root)}))
    .map((source) => `${basename(source)}:${source}`).toSorted().map((pair) => pair.slice(pair.indexOf(':') + 1));

/** The object files of a build's own part of the kernel. */
export const layerObjects = (place: BuildPlace, build: Build): string[] =>
  sourcesOf(place, build.layer).map((source) => objectOf(place, source, build));

const compileFolder = (place: BuildPlace, folder: string, build?: Build): string[] =>
  sourcesOf(place, folder).map((source) => compileInto(place, source, build));

const compileKernel = (place: BuildPlace, build: Build): string[] => {
  preprocess(place.root, 'workloads/kernel/kernel.ld', join(place.objects, `${build.name}.ld`), build.layer);
  return sourcesOf(place, 'workloads/kernel', build.layer).map((source) => compileInto(place, source, build));
};

/** A domain has no ports and no PCI bus: only front ends of its hypervisor's, and the layers above. Each kind of guest reaches Xen in its own way. */
const PARAVIRTUAL_DRIVER = /^(?:block|cards|xen-.*)\.c$/;
const OTHER_KIND: Readonly<Record<Build['name'], string>> = {native: 'xen-pv.c', paravirtual: 'xen-hvm.c'};

const compileDrivers = (place: BuildPlace, folder: string, build: Build): string[] =>
  sourcesOf(place, folder)
    .filter((source) => basename(source) !== OTHER_KIND[build.name] && (build.name === 'native' || PARAVIRTUAL_DRIVER.test(basename(source))))
    .map((source) => compileInto(place, source, build));

const compileNetwork = (place: BuildPlace, build: Build): string[] =>
  [...compileFolder(place, 'workloads/network', build), ...compileDrivers(place, 'workloads/network/cards', build)];

export const compileShared = (place: BuildPlace): SharedParts => ({
  kernel: {native: compileKernel(place, BUILDS.native), paravirtual: compileKernel(place, BUILDS.paravirtual)},
  freestanding: compileFolder(place, 'workloads/freestanding'),
  user: compileFolder(place, 'workloads/user'),
  drivers: {native: compileDrivers(place, 'workloads/drivers', BUILDS.native), paravirtual: compileDrivers(place, 'workloads/drivers', BUILDS.paravirtual)},
  network: {native: compileNetwork(place, BUILDS.native), paravirtual: compileNetwork(place, BUILDS.paravirtual)},
});

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

const folderOf = (definition: WorkloadDefinition): string => `workloads/${definition.suite}/${definition.name}`;

const compileSettings = (place: BuildPlace, shared: SharedParts, definition: WorkloadDefinition): string => {
  const settings = join(place.objects, `${definition.name}-settings.S`);
  writeFileSync(settings, settingsSource(defaultsOf(definition), buildPrograms(place, shared, folderOf(definition))));
  const object = join(place.objects, `${definition.name}-settings.o`);
  compile(place.root, settings, object);
  return object;
};

/** File names of a workload's images with the build that each is of. */
export const imagesOf = (definition: WorkloadDefinition): Array<readonly [string, Build]> => [
  [definition.image, BUILDS.native],
  ...(definition.paravirtualImage ? [[definition.paravirtualImage, BUILDS.paravirtual] as const] : []),
];

const driversOf = ({disk, network}: WorkloadDefinition, {drivers, network: cards}: SharedParts, {name}: Build): readonly string[] => [
  ...(disk || network ? drivers[name] : []), ...(network ? cards[name] : []),
];

/** Builds a workload's images into the folder of objects. The user programs and parameters are the same in both. */
export const buildImages = (place: BuildPlace, shared: SharedParts, definition: WorkloadDefinition): void => {
  const settings = compileSettings(place, shared, definition);
  const ring0 = `${folderOf(definition)}/kernel.c`;
  const hasRing0 = existsSync(new URL(ring0, place.root));
  for (const [image, build] of imagesOf(definition)) {
    const parts = [...shared.kernel[build.name], ...shared.freestanding, ...(hasRing0 ? [compileInto(place, ring0, build)] : []), ...driversOf(definition, shared, build), settings];
    link(join(place.objects, `${build.name}.ld`), parts, join(place.objects, image));
  }
};
