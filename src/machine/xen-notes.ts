// How a kernel says that it is built for Xen: ELF notes of the owner `Xen`, or the older string in the section `__xen_guest`.
// Xen, public/elfnote.h; xen/common/libelf/libelf-dominfo.c.
import type {ElfSections} from './elf.ts';
import type {Image} from './image.ts';

/** What the kernel says of itself, by the names of public/elfnote.h. */
export type XenNotes = ReadonlyMap<string, number | string>;

const NAMES: readonly string[] = [
  'INFO', 'ENTRY', 'HYPERCALL_PAGE', 'VIRT_BASE', 'PADDR_OFFSET', 'XEN_VERSION', 'GUEST_OS', 'GUEST_VERSION', 'LOADER', 'PAE_MODE', 'FEATURES',
  'BSD_SYMTAB', 'HV_START_LOW', 'L1_MFN_VALID', 'SUSPEND_CANCEL', 'INIT_P2M', 'MOD_START_PFN', 'SUPPORTED_FEATURES', 'PHYS32_ENTRY',
];
const TEXTS: ReadonlySet<string> = new Set(['XEN_VERSION', 'GUEST_OS', 'GUEST_VERSION', 'LOADER', 'PAE_MODE', 'FEATURES', 'BSD_SYMTAB']);
/** Names in the older string, where they differ. Its HYPERCALL_PAGE is a page number. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  GUEST_VER: 'GUEST_VERSION', XEN_VER: 'XEN_VERSION', VIRT_ENTRY: 'ENTRY', ELF_PADDR_OFFSET: 'PADDR_OFFSET', PAE: 'PAE_MODE', HYPERCALL_PAGE: 'HYPERCALL_NUMBER',
};
const PT_NOTE = 4, SHT_NOTE = 7;

interface Range {
  readonly offset: number;
  readonly size: number;
}

const align = (length: number): number => (length + 3) & ~3;

/** Null when the file is no kernel for Xen. Must be an ELF file that `parseElf` has accepted. */
export function readXenNotes(image: Image, sections: ElfSections | null): XenNotes | null {
  for (const ranges of [noteSegments(image), noteSections(image, sections)]) {
    const notes = new Map(ranges.flatMap(range => readNotes(image, range)));
    if (notes.size > 0) return notes;
  }
  const old = sections && oldString(image, sections);
  return old === null ? null : readString(old);
}

function noteSegments(image: Image): Range[] {
  const [table, size, count] = [image.u32(28), image.u16(42), image.u16(44)];
  return Array.from({length: count}, (_, index) => table + index * size)
    .filter(header => image.u32(header) === PT_NOTE)
    .map(header => ({offset: image.u32(header + 4), size: image.u32(header + 16)}));
}

function sectionHeaders(sections: ElfSections | null): number[] {
  return sections === null ? [] : Array.from({length: sections.count}, (_, index) => sections.offset + index * sections.entrySize);
}

const rangeOf = (image: Image, header: number): Range => ({offset: image.u32(header + 16), size: image.u32(header + 20)});

function noteSections(image: Image, sections: ElfSections | null): Range[] {
  return sectionHeaders(sections).filter(header => image.u32(header + 4) === SHT_NOTE).map(header => rangeOf(image, header));
}

/** Notes of the owner Xen; a foreign or damaged one ends or skips the reading. */
function readNotes(image: Image, {offset, size}: Range): Array<readonly [string, number | string]> {
  const notes: Array<readonly [string, number | string]> = [];
  const end = Math.min(offset + size, image.size);
  for (let at = offset; at + 12 <= end; ) {
    const [nameSize, length, type] = [image.u32(at), image.u32(at + 4), image.u32(at + 8)];
    const value = at + 12 + align(nameSize);
    if (value + length > end) break;
    const name = NAMES[type];
    const read = name !== undefined && TEXTS.has(name) ? textAt : numberAt;
    if (textAt(image, at + 12, nameSize) === 'Xen' && name !== undefined) notes.push([name, read(image, value, length)]);
    at = value + align(length);
  }
  return notes;
}

const textAt = (image: Image, at: number, length: number): string => String.fromCharCode(...image.bytes.subarray(at, at + length)).replace(/\0[^]*$/, '');
/** Kernels write numbers as 4 or 8 bytes; addresses of a 32-bit kernel fit the first four. */
const numberAt = (image: Image, at: number, length: number): number => (length >= 4 ? image.u32(at) : length >= 1 ? image.u8(at) : 0);

function oldString(image: Image, sections: ElfSections): string | null {
  const headers = sectionHeaders(sections);
  const names = headers[sections.names];
  if (names === undefined) return null;
  const {offset, size} = rangeOf(image, names);
  const nameOf = (header: number): string => {
    const start = offset + image.u32(header);
    return start < offset + size && start + 12 <= image.size ? textAt(image, start, Math.min(64, image.size - start)) : '';
  };
  const found = headers.find(header => nameOf(header) === '__xen_guest');
  if (found === undefined) return null;
  const range = rangeOf(image, found);
  return textAt(image, range.offset, Math.min(range.size, image.size - range.offset));
}

/** `NAME=value,NAME=value`; numbers are hexadecimal or decimal as C writes them. */
function readString(text: string): XenNotes {
  const pairs = text.split(',').map(word => word.split('=', 2)).filter(([name]) => name !== '');
  const notes = new Map<string, number | string>(pairs.map(([name, value = '']) => {
    const known = OLD_NAMES[name] ?? name;
    return [known, TEXTS.has(known) ? value : Number(value) >>> 0];
  }));
  const base = Number(notes.get('VIRT_BASE') ?? 0);
  const page = notes.get('HYPERCALL_NUMBER');
  if (page !== undefined) notes.set('HYPERCALL_PAGE', base + Number(page) * 4096);
  if (!notes.has('PADDR_OFFSET')) notes.set('PADDR_OFFSET', base);
  return notes;
}
