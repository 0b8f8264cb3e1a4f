// One cell to run, as plain data: it is sent to worker threads and holds everything that decides the result.
import type {GuestClock} from './result.ts';
import type {Technique} from './technique.ts';

export type Params = Readonly<Record<string, string | number>>;

/** Parameters as they are asked for: one value, or several, each of which makes rows of its own. */
export type SweptParams = Readonly<Record<string, string | number | readonly (string | number)[]>>;

export interface CellSpec {
  /** `workload[params] | technique | host`, parameters in order of name with defaults dropped; unique in a plan. */
  readonly key: string;
  /** A built-in workload's name, or the image's path as it was given. */
  readonly workload: string;
  /** Absolute path of an image given by path, null for a built-in workload. */
  readonly image: string | null;
  /** Complete for a built-in workload, defaults included; empty for an image. */
  readonly params: Params;
  readonly technique: Technique;
  /** Canonical name; `findHost` of host/catalogue.ts makes the profile. */
  readonly host: string;
  readonly clock: GuestClock;
  /** Budget in guest instructions. */
  readonly maxInstructions: number;
  readonly memoryMiB: number;
  /** A raw disk behind the guest's controller; absent = no disk. */
  readonly disk?: SpecDisk;
  /** Who is at the other end of the network; absent = no card. */
  readonly network?: SpecNetwork;
  /** There is no image: the machine boots from its disk, as firmware does. */
  readonly bootsDisk?: true;
  /** Typed on the keyboard from the first second on. */
  readonly keys?: string;
  /** What an image by path is given beside its command line. */
  readonly files?: BootFiles;
  /** The network card of a PC; absent = e1000. */
  readonly card?: SpecCard;
  /** Appended to the image's command line after the parameters. */
  readonly append: string;
  /** Samples of measured time; 0 measures none. */
  readonly samples: number;
}

/** Absolute paths of what a boot loader hands a kernel: Multiboot modules with their command lines, Linux's initial file system. */
export interface BootFiles {
  readonly modules: ReadonlyArray<{readonly file: string; readonly commandLine: string}>;
  readonly initrd: string | null;
}

/** A file that is read and never changed, unless `keep` has what the guest wrote put back; or so many MiB of zeros. */
export type SpecDisk = {readonly file: string; readonly keep: boolean} | {readonly zeros: number};

export const NETWORK_PEERS = ['echo', 'sink', 'source', 'host', 'ping'] as const;
export type SpecNetwork = (typeof NETWORK_PEERS)[number];

export const NETWORK_CARDS = ['e1000', 'pcnet'] as const;
export type SpecCard = (typeof NETWORK_CARDS)[number];

/** Cells that share the bare-metal reference run: the same guest on the same host. */
export const referenceGroup = (spec: CellSpec): string => `${spec.key.split(' | ')[0]} | ${spec.host}`;
