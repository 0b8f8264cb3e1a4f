// Builds all images, or with --check builds them elsewhere and compares them with the committed ones. `node dist/workloads/build.js [--check]`
import {createHash} from 'node:crypto';
import {copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {extentOf, GUEST_MODIFICATION_FILE, readGuestModification, type GuestModification} from './guest-modification.ts';
import {BUILDS, buildImages, compileShared, imagesOf, layerObjects, type Build, type BuildPlace} from './image.ts';
import {WORKLOADS, WORKLOADS_FOLDER} from './index.ts';
import {objectBytes, readToolchain, toolVersion, type Toolchain} from './toolchain.ts';

const sha256 = (file: string | URL): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Every image with the folder that it is committed to. */
const IMAGES = WORKLOADS.flatMap(({definition, folder}) => imagesOf(definition).map(([image]) => ({image, folder})));

interface Built {
  /** Hashes of the images by file name. */
  readonly images: Record<string, string>;
  readonly modification: GuestModification;
}

const extentOfLayer = (place: BuildPlace, build: Build) => extentOf(new URL(`${build.layer}/`, place.root), objectBytes(layerObjects(place, build)));

/** Builds every image into `folder`. */
const buildAll = (folder: string): Built => {
  const place = {root: new URL('../', WORKLOADS_FOLDER), objects: folder};
  const shared = compileShared(place);
  for (const {definition} of WORKLOADS) buildImages(place, shared, definition);
  return {
    images: Object.fromEntries(IMAGES.map(({image}) => [image, sha256(join(folder, image))])),
    modification: {added: extentOfLayer(place, BUILDS.paravirtual), replaced: extentOfLayer(place, BUILDS.native)},
  };
};

const writeJson = (name: string, content: unknown): void =>
  writeFileSync(new URL(name, WORKLOADS_FOLDER), `${JSON.stringify(content, null, 2)}\n`);

const commit = (folder: string): number => {
  const {images, modification} = buildAll(folder);
  for (const {image, folder: target} of IMAGES) copyFileSync(join(folder, image), new URL(image, target));
  const toolchain: Toolchain = {gcc: toolVersion('gcc'), ld: toolVersion('ld'), images};
  writeJson('toolchain.json', toolchain);
  writeJson(GUEST_MODIFICATION_FILE, modification);
  console.log(`built ${IMAGES.length} images`);
  return 0;
};

const check = (folder: string): number => {
  const pinned = readToolchain(WORKLOADS_FOLDER);
  const [gcc, ld] = [toolVersion('gcc'), toolVersion('ld')];
  if (gcc !== pinned.gcc || ld !== pinned.ld) {
    console.log(`images not compared: they were built with ${pinned.gcc} and ${pinned.ld}, here are ${gcc} and ${ld}`);
    return 0;
  }
  const {images, modification} = buildAll(folder);
  const stale = !isDeepStrictEqual(modification, readGuestModification(WORKLOADS_FOLDER));
  if (stale) console.error(`${GUEST_MODIFICATION_FILE} is not what the sources give; run npm run images and commit it`);
  const different = IMAGES.filter(({image, folder: source}) => images[image] !== sha256(new URL(image, source)));
  for (const {image} of different) console.error(`${image} differs from what its sources give; run npm run images and commit it`);
  if (different.length === 0) console.log(`${IMAGES.length} images are what their sources give`);
  return different.length === 0 && !stale ? 0 : 1;
};

const main = (): number => {
  const wrong = process.argv.slice(2).filter((word) => word !== '--check');
  if (wrong.length > 0) throw new Error(`unknown argument ${wrong[0]}; only --check is known`);
  const folder = mkdtempSync(join(tmpdir(), 'worldswitch-images-'));
  try {
    return process.argv.includes('--check') ? check(folder) : commit(folder);
  } finally {
    rmSync(folder, {recursive: true});
  }
};

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
