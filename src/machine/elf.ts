// ELF32 executables for i386: the file header, the segments to load, and where the section headers are. TIS Portable
// Formats Specification 1.2, Executable and Linkable Format. Placing them in memory is `placement.ts`'s.
import type {Image} from './image.ts';

const HEADER_SIZE = 52;
const PROGRAM_HEADER_SIZE = 32;
const SECTION_HEADER_SIZE = 40;
const MAGIC = 0x464c457f;
const PT_LOAD = 1;

/** The fields of the file header that must have one value, in the order of complaint. */
const REQUIRED: ReadonlyArray<{
  offset: number;
  size: 1 | 2;
  value: number;
  fault: (value: number) => string;
  remedy: string;
}> = [
  {
    offset: 4,
    size: 1,
    value: 1,
    fault: value => (value === 2 ? 'this is a 64-bit ELF file' : `this is an ELF file of unknown class ${value}`),
    remedy: 'the machine is 32-bit, so build with -m32 and link with -m elf_i386',
  },
  {
    offset: 5,
    size: 1,
    value: 1,
    fault: value => (value === 2 ? 'this is a big-endian ELF file' : `this is an ELF file of unknown byte order ${value}`),
    remedy: 'build for i386, which is little-endian',
  },
  {
    offset: 18,
    size: 2,
    value: 3,
    fault: value => `this ELF file is for machine ${value}, not for i386 (3)`,
    remedy: 'build for i386',
  },
  {
    offset: 16,
    size: 2,
    value: 2,
    fault: value => `this ELF file is of type ${value}, not an executable (2)`,
    remedy: 'link it without -r, -shared and -pie',
  },
];

export interface ElfSegment {
  /** Where the program header is in the file; errors point there. */
  readonly headerOffset: number;
  readonly offset: number;
  readonly virtualAddress: number;
  readonly physicalAddress: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

/** The section header table. */
export interface ElfSections {
  readonly offset: number;
  readonly count: number;
  readonly entrySize: number;
  /** Index of the section that holds the names. */
  readonly names: number;
}

export interface Elf {
  /** The entry point as the file gives it: a virtual address. */
  readonly entry: number;
  /** PT_LOAD segments that occupy memory, in the order of the file. */
  readonly segments: readonly ElfSegment[];
  readonly sections: ElfSections | null;
}

export function isElf(image: Image): boolean {
  return image.size >= 4 && image.u32(0) === MAGIC;
}

/** @throws ImageError when the file isn't an executable ELF32 for i386, or a table of it is cut short */
export function parseElf(image: Image): Elf {
  if (!isElf(image)) image.refuse(0, 'this is not an ELF file', 'give a Multiboot kernel linked as ELF32');
  image.require('the ELF header', 0, HEADER_SIZE);
  for (const field of REQUIRED) {
    const value = field.size === 1 ? image.u8(field.offset) : image.u16(field.offset);
    if (value !== field.value) image.refuse(field.offset, field.fault(value), field.remedy);
  }
  return {entry: image.u32(24), segments: readSegments(image), sections: readSections(image)};
}

function readSegments(image: Image): ElfSegment[] {
  const table = {offset: image.u32(28), entrySize: image.u16(42), count: image.u16(44)};
  if (table.count > 0) requireEntrySize(image, {at: 42, what: 'program', least: PROGRAM_HEADER_SIZE, size: table.entrySize});
  image.require('the program headers', table.offset, table.count * table.entrySize);
  return Array.from({length: table.count}, (_, index) => table.offset + index * table.entrySize)
    .filter(header => image.u32(header) === PT_LOAD)
    .map(header => readSegment(image, header))
    .filter(segment => segment.memorySize > 0);
}

function readSegment(image: Image, headerOffset: number): ElfSegment {
  const field = (index: number): number => image.u32(headerOffset + 4 * index);
  const segment = {
    headerOffset,
    offset: field(1),
    virtualAddress: field(2),
    physicalAddress: field(3),
    fileSize: field(4),
    memorySize: field(5),
  };
  if (segment.fileSize > segment.memorySize) {
    image.refuse(headerOffset, 'this segment is larger in the file than in memory', 'the program header is damaged, so link it again');
  }
  if (segment.offset + segment.fileSize > image.size) {
    image.refuse(
      headerOffset,
      `this segment ends at 0x${(segment.offset + segment.fileSize).toString(16)}, outside the file of 0x${image.size.toString(16)} bytes`,
      'the file is cut short, so build or copy it again',
    );
  }
  return segment;
}

function readSections(image: Image): ElfSections | null {
  const sections = {offset: image.u32(32), entrySize: image.u16(46), count: image.u16(48), names: image.u16(50)};
  if (sections.count === 0) return null;
  requireEntrySize(image, {at: 46, what: 'section', least: SECTION_HEADER_SIZE, size: sections.entrySize});
  image.require('the section headers', sections.offset, sections.count * sections.entrySize);
  return sections;
}

function requireEntrySize(image: Image, entry: {at: number; what: string; least: number; size: number}): void {
  if (entry.size >= entry.least) return;
  image.refuse(
    entry.at,
    `the ELF header says ${entry.what} headers have ${entry.size} bytes, fewer than ${entry.least}`,
    'the file is damaged, so build or copy it again',
  );
}
