// From three axes to cells: workloads x hosts x techniques, each name resolved, each parameter checked, senseless cells
// marked with their reason. Nothing runs here, and nothing runs when anything here is wrong.
import {HostError} from '../host/host-error.ts';
import {findHost} from '../host/catalogue.ts';
import type {HostProfile} from '../host/profile.ts';
import type {Catalogue} from './catalogue.ts';
import {refusal} from './compatible.ts';
import {bootedDisk, chosenWorkloads} from './chosen-workload.ts';
import type {ChosenWorkload} from './chosen-workload.ts';
import {kindMismatch} from './guest-kind.ts';
import type {CheckImage} from './image-check.ts';
import {resolveTechnique} from './presets.ts';
import type {GuestClock} from './result.ts';
import type {BootFiles, CellSpec, SweptParams, SpecCard, SpecDisk, SpecNetwork} from './spec.ts';
import type {Technique} from './technique.ts';
import {UsageError} from './usage-error.ts';

export interface PlanRequest {
  /** Names of built-in workloads or paths of images, the latter counted from `base`. */
  readonly workloads: readonly string[];
  readonly techniques: readonly string[];
  readonly hosts: readonly string[];
  readonly clock: GuestClock;
  readonly samples: number;
  /** Null = four times what a built-in workload needs, 1e9 for an image. */
  readonly maxInstructions: number | null;
  readonly params: SweptParams;
  readonly memoryMiB: number;
  readonly append: string;
  /** What images by path are given beside it. */
  readonly files?: BootFiles | undefined;
  /** No workload is run, but what the disk of this name boots. */
  readonly bootsDisk?: string | undefined;
  readonly keys?: string | undefined;
  /** A disk and a network for every guest, in place of a workload's own. */
  readonly disk?: SpecDisk;
  readonly network?: SpecNetwork;
  /** Which card a PC has. */
  readonly card?: SpecCard;
  readonly base: string;
  readonly checkImage: CheckImage;
}

export interface PlannedCell {
  readonly spec: CellSpec;
  /** Why it is refused, or null. */
  readonly refusal: string | null;
}

/**
 * Cells in the order workload, host, technique, each once.
 * @throws UsageError for an unknown name, a wrong parameter, a malformed image, an empty axis, or all cells refused
 */
export function planCells(request: PlanRequest, catalogue: Catalogue): readonly PlannedCell[] {
  const techniques = once(nonEmpty('techniques', request.techniques).map(text => resolveTechnique(text, catalogue.plugins)));
  const hosts = once(nonEmpty('hosts', request.hosts).map(resolveHost));
  const workloads = request.bootsDisk === undefined
    ? chosenWorkloads({...request, workloads: nonEmpty('workloads', request.workloads)}, catalogue)
    : [bootedDisk(request.bootsDisk)];
  if (request.files && workloads.every(({image}) => image === null)) {
    throw new UsageError('--initrd and --module go with a kernel that is named by --kernel or by its path');
  }
  const cells = workloads.flatMap(workload => hosts.flatMap(host => techniques.map((technique): PlannedCell => ({
    spec: cellSpec(request, workload, {host, technique}), refusal: refusal(technique, host, catalogue.plugins) ?? kindMismatch(workload, technique, catalogue),
  }))));
  checkKept(request, cells.filter(cell => !cell.refusal).length);
  const reason = cells[0]?.refusal;
  if (reason && cells.every(cell => cell.refusal)) throw new UsageError(`nothing left to run, every cell is refused: ${reason}`);
  return cells;
}

function nonEmpty<T>(axis: string, values: readonly T[]): readonly T[] {
  if (values.length === 0) throw new UsageError(`no ${axis} are named; give some, or leave the field '${axis}' out of the configuration`);
  return values;
}

/** Why: a preset and its technique, or two spellings of one host, are the same cell. */
function once<T extends {readonly name: string}>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map(value => [value.name, value])).values()];
}

function resolveHost(name: string): HostProfile {
  try {
    return findHost(name);
  } catch (error) {
    if (error instanceof HostError) throw new UsageError(error.message);
    throw error;
  }
}

function cellSpec(request: PlanRequest, workload: ChosenWorkload, {host, technique}: {host: HostProfile; technique: Technique}): CellSpec {
  return {
    key: `${workload.key} | ${technique.name} | ${host.name}`,
    workload: workload.name,
    image: workload.image,
    params: workload.params,
    technique,
    host: host.name,
    clock: request.clock,
    maxInstructions: request.maxInstructions ?? workload.budget,
    memoryMiB: request.memoryMiB,
    append: request.append,
    ...(workload.bootsDisk ? {bootsDisk: true as const} : {}),
    ...(request.keys === undefined ? {} : {keys: request.keys}),
    ...(request.files && workload.image !== null ? {files: request.files} : {}),
    ...peripheralsOf(request, workload),
    samples: request.samples,
  };
}

function peripheralsOf(request: PlanRequest, workload: ChosenWorkload): Pick<CellSpec, 'disk' | 'network' | 'card'> {
  const disk = request.disk ?? workload.disk;
  const network = request.network ?? workload.network;
  const card = request.card ?? workload.card;
  return {...(disk ? {disk} : {}), ...(network ? {network} : {}), ...(card ? {card} : {})};
}

/** Two guests cannot both keep what they wrote. */
function checkKept({disk}: PlanRequest, cells: number): void {
  if (disk && 'file' in disk && disk.keep && cells > 1) {
    throw new UsageError(`--disk-write keeps what one guest wrote, but ${cells} cells would run; name one image, one technique and one host`);
  }
}
