// Boots an image as a Multiboot 1 loader does: finds and checks its header, loads it, and leaves the information
// structure. Multiboot Specification 0.6.96. Setting the CPU's registers (3.2 "Machine state") is the caller's.
import {parseElf, type ElfSections, type ElfSegment} from './elf.ts';
import {loadSections} from './elf-sections.ts';
import {Image} from './image.ts';
import {findHeader, readLoadAddresses, requireUnderstood} from './multiboot-header.ts';
import {buildInformation, type BootInformation} from './multiboot-info.ts';
import {Placement, type GuestMemory, type Segment} from './placement.ts';

/** What EAX holds when the kernel starts. */
export const MULTIBOOT_MAGIC = 0x2badb002;

export interface MultibootModule {
  readonly bytes: Uint8Array;
  readonly commandLine: string;
}

export interface MultibootOptions {
  /** The image's name, for error messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly memory: GuestMemory;
  readonly commandLine?: string;
  readonly modules?: readonly MultibootModule[];
}

export interface MultibootStart {
  /** Physical address of the first instruction. */
  readonly entry: number;
  /** Physical address of the information structure, for EBX. */
  readonly infoAddress: number;
  /** For EAX. */
  readonly magic: number;
}

/** What either file format comes down to. */
interface Kernel {
  readonly entry: number;
  readonly segments: readonly Segment[];
  readonly sections: ElfSections | null;
}

/**
 * Loads a kernel, its symbols and modules into guest memory.
 * @throws ImageError when the image is malformed or finds no room; guest memory is then in no defined state
 */
export function loadMultiboot(options: MultibootOptions): MultibootStart {
  const {file, bytes, memory, commandLine = '', modules = []} = options;
  const image = new Image(file, bytes);
  const kernel = readKernel(image);
  const placement = new Placement(image, memory);
  placement.loadSegments(kernel.segments);
  const sections = kernel.sections && loadSections(image, kernel.sections, placement);
  const loaded = modules.map(({bytes, commandLine}, index) => {
    const start = placement.loadAbove(`module ${index + 1}`, bytes);
    return {start, end: start + bytes.length, commandLine};
  });
  const information: BootInformation = {memorySize: memory.size, commandLine, modules: loaded, sections};
  const {length} = buildInformation(information, 0);
  const infoAddress = placement.loadLow('the boot information', length, base => buildInformation(information, base));
  return {entry: kernel.entry, infoAddress, magic: MULTIBOOT_MAGIC};
}

export const hasMultibootHeader = (image: Image): boolean => findHeader(image) !== null;

function readKernel(image: Image): Kernel {
  if (image.size === 0) image.refuse(0, 'the file is empty', 'give a Multiboot kernel');
  const header = findHeader(image);
  if (header) requireUnderstood(image, header);
  const addresses = header && readLoadAddresses(image, header);
  const kernel = addresses
    ? {entry: addresses.entry, segments: [addresses.segment], sections: null}
    : readElfKernel(image);
  if (!header) {
    image.refuse(0, 'no Multiboot header (0x1BADB002, aligned to 4) in the first 8192 bytes', 'put its section first in the linker script');
  }
  requireSomething(image, kernel);
  return kernel;
}

function readElfKernel(image: Image): Kernel {
  const elf = parseElf(image);
  return {entry: toPhysical(elf.entry, elf.segments), segments: elf.segments, sections: elf.sections};
}

/**
 * Deviation: the specification doesn't say whether the entry point is virtual or physical. Like GRUB and QEMU, one that
 * lies in a segment's virtual range is moved to its physical one.
 */
function toPhysical(entry: number, segments: readonly ElfSegment[]): number {
  const home = segments.find(({virtualAddress, memorySize}) => entry >= virtualAddress && entry < virtualAddress + memorySize);
  return home ? entry - home.virtualAddress + home.physicalAddress : entry;
}

function requireSomething(image: Image, {entry, segments}: Kernel): void {
  if (segments.every(segment => segment.memorySize === 0)) {
    image.refuse(0, 'the image has nothing to load', 'check the linker script');
  }
  const isLoaded = segments.some(
    ({physicalAddress, memorySize}) => entry >= physicalAddress && entry < physicalAddress + memorySize,
  );
  if (!isLoaded) image.refuse(0, `the entry point 0x${entry.toString(16)} lies in no loaded segment`, 'set it with ENTRY or -e');
}
