// One run of one guest: the platform is built, the technique's strategies are created on it, the image is loaded, and what
// was counted is collected. A cell is one or two of these; see cell.ts.
import {readFileSync} from 'node:fs';
import {basename} from 'node:path';
import {isSignal} from '../cpu/signal.ts';
import {findHost} from '../host/catalogue.ts';
import {bootDisk} from '../machine/bios/boot.ts';
import {loadBootImage} from '../machine/boot-image.ts';
import {firmwareTables} from '../machine/firmware/tables.ts';
import type {Ending} from '../machine/outcome.ts';
import {Platform} from '../machine/platform.ts';
import {typeOn} from '../machine/typist.ts';
import type {Tally} from '../machine/recorder.ts';
import {gpa, hpa} from '../memory/address.ts';
import {HOST_BASE} from '../memory/layout.ts';
import type {PluginDefinition, PluginKind} from '../vmm/plugin.ts';
import type {Residence, SensitiveUse, StrategyByKind} from '../vmm/strategy.ts';
import {buildDomain, type DomainImage} from '../vmm/paravirtual/domain-builder.ts';
import {Vmm} from '../vmm/vmm.ts';
import type {Catalogue} from './catalogue.ts';
import {readBootFiles} from './boot-files.ts';
import {createGuarded} from './guard.ts';
import {peripheralsOf} from './peripherals.ts';
import {guestKindOf} from './guest-kind.ts';
import {modificationText} from './guest-modification.ts';
import type {GuestClock} from './result.ts';
import type {CellSpec} from './spec.ts';
import type {Technique} from './technique.ts';

export interface GuestRun {
  readonly platform: Platform;
  /** The guest's memory as it is at the end. */
  readonly guestMemory: Target;
  readonly ending: Ending;
  readonly region: Tally;
  readonly total: Tally;
  readonly statistics: Readonly<Record<string, number>>;
  /** Sensitive unprivileged instructions in the guest's kernel, where it was moved out of its ring. */
  readonly audit: readonly SensitiveUse[];
  /** The guest left what the technique claims equivalence for. */
  readonly outsideClaim: boolean;
  /** The guest found the hypervisor and may have taken another way than on bare metal. */
  readonly knows: boolean;
}

export interface RunOptions {
  readonly clock: GuestClock;
  /** Another technique than the cell's: the reference is bare metal. */
  readonly technique?: Technique;
  /** Longest decoded block; changes no count. */
  readonly maxBlock?: number;
  /** Sees the platform before the guest runs. */
  readonly prepare?: (platform: Platform, vmm: Vmm) => void;
  /** A machine other than a cell's, and another way of loading it. */
  readonly machine?: SpecialMachine;
}

/** Where many small guests run one after another that are made in memory. */
export interface SpecialMachine {
  /** Memory for the VMM, in bytes. */
  readonly vmmMemory: number;
  readonly instructionsPerSecond: number;
  readonly allocated: WebAssembly.Memory;
  /** Puts the guest into memory and the processor into its first state. */
  readonly load: (target: Target) => void;
}

const MIB = 2 ** 20;
/** Host memory for the VMM's own tables, beside the guest's. */
const VMM_MEMORY = 16 * MIB;

/** @throws PluginError when a strategy fails, ImageError when the image does not load */
export function runGuest(spec: CellSpec, catalogue: Catalogue, options: RunOptions): GuestRun {
  const technique = options.technique ?? spec.technique;
  const guestMemory = spec.memoryMiB * MIB;
  const virtualized = technique.memory !== null;
  const host = findHost(spec.host);
  const platform = new Platform({
    host, clock: options.clock, guestMemory, hostMemory: guestMemory + (virtualized ? options.machine?.vmmMemory ?? VMM_MEMORY : 0),
    maxInstructions: spec.maxInstructions, peripherals: peripheralsOf(spec, catalogue, host), ...(options.maxBlock ? {maxBlock: options.maxBlock} : {}),
    ...(options.machine ? {instructionsPerSecond: options.machine.instructionsPerSecond, allocated: options.machine.allocated} : {}),
  });
  const vmm = new Vmm(platform, homeOf(catalogue, technique));
  const strategies = createStrategies({spec, catalogue, technique, vmm});
  const target: Target = virtualized ? physicalOfVmm(vmm) : physicalOf(platform);
  if (options.machine) options.machine.load(target);
  else if (guestKindOf(technique, catalogue) === 'paravirtual') startDomain(spec, catalogue, vmm);
  else {
    for (const {address, bytes} of firmwareTables(platform.devices)) target.write(address, bytes);
    if (spec.bootsDisk) bootDisk(platform);
    else loadImage(spec, catalogue, target);
  }
  if (spec.keys !== undefined) typeOn(platform, spec.keys);
  options.prepare?.(platform, vmm);
  const ending = strategies.cpu.run();
  // Why: a run may end inside the VMM, as by an event that cannot be delivered, with its last exit not yet counted.
  vmm.world.finish();
  platform.recorder.ended();
  const outside = outsideOf(strategies, technique);
  if (outside !== null) platform.recorder.notes.push(outside);
  return {
    platform, guestMemory: target, ending, ...platform.recorder.finish(), statistics: statisticsOf(strategies), audit: strategies.cpu.audit?.() ?? [],
    outsideClaim: outside !== null, knows: vmm.visible?.found ?? false,
  };
}

/** What the guest or its devices did that the technique claims no equivalence for, or null. */
function outsideOf({cpu, io}: Chosen, technique: Technique): string | null {
  const ofCpu = cpu.outsideClaim?.() ?? null;
  const ofIo = io?.outsideClaim?.() ?? null;
  if (ofCpu !== null) return `${technique.cpu.name} claims no equivalence here: ${ofCpu}`;
  return ofIo === null ? null : `${technique.io?.name} claims no equivalence here: ${ofIo}`;
}

interface Creation {
  readonly spec: CellSpec;
  readonly catalogue: Catalogue;
  readonly technique: Technique;
  readonly vmm: Vmm;
}

type Chosen = Partial<StrategyByKind> & Pick<StrategyByKind, 'cpu'>;

function homeOf(catalogue: Catalogue, {cpu}: Technique): Residence['home'] {
  return (catalogue.plugins.get('cpu', cpu.name)?.definition as Residence | undefined)?.home;
}

/** Memory comes first, because it decides where the guest's frames lie. */
function createStrategies(creation: Creation): Chosen {
  const {technique, vmm} = creation;
  if (technique.memory === null) return {cpu: create(creation, 'cpu')};
  const memory = create(creation, 'memory');
  vmm.guest.place(4096);
  const strategies = {memory, io: create(creation, 'io'), architecture: create(creation, 'architecture')};
  vmm.takeOver(strategies);
  return {...strategies, cpu: create(creation, 'cpu')};
}

function create<Kind extends PluginKind>({spec, catalogue, technique, vmm}: Creation, kind: Kind): StrategyByKind[Kind] {
  const chosen = technique[kind];
  const plugin = chosen && catalogue.plugins.get(kind, chosen.name);
  if (!plugin) throw new Error(`no ${kind} strategy for technique ${technique.name}`);
  const definition = plugin.definition as PluginDefinition<Kind, Vmm, StrategyByKind[Kind]>;
  if (definition.hypothetical) vmm.platform.recorder.notes.push(`${plugin.name} assumes hardware that no processor has: ${definition.hypothetical}`);
  const callee = {kind, name: plugin.name, file: plugin.file, cell: spec.key};
  return createGuarded({callee, isControlFlow: isSignal}, () => definition.create(vmm, chosen.options));
}

function statisticsOf(strategies: Chosen): Record<string, number> {
  const all = [strategies.cpu, strategies.memory, strategies.io, strategies.architecture];
  return Object.assign({}, ...all.map(strategy => strategy?.statistics?.() ?? {})) as Record<string, number>;
}

/** The guest's physical memory, wherever its frames lie. */
export interface Target {
  readonly platform: Platform;
  readonly write: (address: number, bytes: Uint8Array) => void;
  /** Where in `platform.memory` the byte at an address is. */
  readonly offset: (address: number) => number;
}

const physicalOf = (platform: Platform): Target => ({
  platform, write: (at, bytes) => platform.memory.writeBytes(hpa(at), bytes), offset: at => HOST_BASE + at,
});
const physicalOfVmm = ({platform, guest}: Vmm): Target => ({
  platform, write: (at, bytes) => guest.write(at, bytes), offset: at => guest.offset(gpa(at)),
});

function loadImage(spec: CellSpec, catalogue: Catalogue, {platform, write}: Target): void {
  const file = spec.image ?? builtInImage(spec, catalogue);
  const image = {
    file: basename(file instanceof URL ? file.pathname : file), bytes: readFileSync(file), commandLine: commandLine(spec), ...readBootFiles(spec.files),
  };
  loadBootImage(image, {size: platform.guestMemory, write})(platform.cpu);
}

function startDomain(spec: CellSpec, catalogue: Catalogue, vmm: Vmm): void {
  const modification = spec.image === null ? catalogue.workloads.get(spec.workload)?.guestModification : undefined;
  if (modification) vmm.platform.recorder.notes.push(modificationText(modification));
  buildDomain(vmm, paravirtualImage(spec, catalogue));
}

function paravirtualImage(spec: CellSpec, catalogue: Catalogue): DomainImage {
  const definition = catalogue.workloads.get(spec.workload)?.definition;
  const file = spec.image ?? builtInImage(spec, catalogue, definition?.paravirtualImage);
  return {file: basename(file instanceof URL ? file.pathname : file), bytes: readFileSync(file), commandLine: commandLine(spec)};
}

function builtInImage(spec: CellSpec, catalogue: Catalogue, name?: string): URL {
  const entry = catalogue.workloads.get(spec.workload);
  if (!entry) throw new Error(`no workload '${spec.workload}'`);
  return new URL(name ?? entry.definition.image, entry.folder);
}

const commandLine = ({params, append}: CellSpec): string =>
  [...Object.entries(params).map(([name, value]) => `${name}=${value}`), append].filter(word => word !== '').join(' ');
