// The workloads of a plan: built-in ones by name with their parameters, images by path after a look at the file.
import {existsSync, readFileSync, statSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Catalogue, WorkloadEntry} from './catalogue.ts';
import type {GuestKind} from './guest-kind.ts';
import type {CheckImage} from './image-check.ts';
import {checkKnown, combinations, readParams, workloadKey} from './params.ts';
import type {BootFiles, Params, SweptParams, SpecCard, SpecDisk, SpecNetwork} from './spec.ts';
import {UsageError, listed, messageOf} from './usage-error.ts';

export interface ChosenWorkload {
  readonly name: string;
  /** The workload's part of the cell's key. */
  readonly key: string;
  readonly image: string | null;
  readonly params: Params;
  /** Kinds of guest it comes as. */
  readonly kinds: readonly GuestKind[];
  /** Guest instructions. */
  readonly budget: number;
  readonly bootsDisk?: true;
  readonly disk?: SpecDisk;
  readonly network?: SpecNetwork;
  readonly card?: SpecCard;
}

interface Request {
  readonly workloads: readonly string[];
  readonly params: SweptParams;
  /** Paths of images count from here. */
  readonly base: string;
  readonly memoryMiB: number;
  readonly append: string;
  readonly files?: BootFiles | undefined;
  readonly checkImage: CheckImage;
}

/** Guest instructions an image given by path may take. */
export const IMAGE_BUDGET = 1e9;
/** How many times what it needs on bare metal a built-in workload may take. */
const BUDGET_FACTOR = 4;

/** @throws UsageError for an unknown name, a wrong parameter, or an image that is missing or malformed */
export function chosenWorkloads(request: Request, {workloads}: Catalogue): readonly ChosenWorkload[] {
  const names = [...new Set(request.workloads)];
  const builtIn = names.flatMap(name => workloads.get(name)?.definition ?? []);
  checkUnknown(names.filter(name => !workloads.has(name) && !isImage(name, request.base)), workloads.keys());
  checkKnown(request.params, builtIn);
  const chosen = names.flatMap(name => {
    const entry = workloads.get(name);
    return entry ? combinations(entry.definition, request.params).map(params => builtInWorkload(entry, params)) : [imageByPath(name, request)];
  });
  // Why by key: two spellings of one value are one row.
  return [...new Map(chosen.map(workload => [workload.key, workload])).values()];
}

/** The machine's own disk, of which nothing but the firmware needs to know what it holds. */
export const bootedDisk = (name: string): ChosenWorkload => ({name, key: name, image: null, params: {}, kinds: ['unmodified'], budget: IMAGE_BUDGET, bootsDisk: true});

/** Meant as a path: it looks like one, or a file of that name exists. */
function isImage(name: string, base: string): boolean {
  return /[./\\]/.test(name) || existsSync(resolve(base, name));
}

function checkUnknown([unknown]: readonly string[], known: Iterable<string>): void {
  if (unknown === undefined) return;
  throw new UsageError(`unknown workload '${unknown}'; known: ${listed(known)}; an image is given by its path, such as ./${unknown}.elf`);
}

function builtInWorkload({definition}: WorkloadEntry, given: Params): ChosenWorkload {
  const params = readParams(definition, given);
  const budget = Math.ceil(BUDGET_FACTOR * definition.instructions(params));
  const kinds: readonly GuestKind[] = definition.paravirtualImage === undefined ? ['unmodified'] : ['unmodified', 'paravirtual'];
  return {
    name: definition.name, key: workloadKey(definition, params), image: null, params, kinds, budget,
    ...(definition.disk ? {disk: {zeros: definition.disk}} : {}), ...(definition.network ? {network: definition.network} : {}),
    ...(definition.card ? {card: definition.card(params)} : {}),
  };
}

function imageByPath(path: string, {base, checkImage, memoryMiB, append, files}: Request): ChosenWorkload {
  const image = resolve(base, path);
  if (!existsSync(image)) throw new UsageError(`image ${path} does not exist`);
  if (statSync(image).isDirectory()) throw new UsageError(`image ${path} is a folder; name a file`);
  try {
    const kinds = checkImage({file: path, bytes: readFileSync(image), memoryMiB, append, files});
    return {name: path, key: path, image, params: {}, kinds, budget: IMAGE_BUDGET};
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`image ${messageOf(error)}`);
  }
}
