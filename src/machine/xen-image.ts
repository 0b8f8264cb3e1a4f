// A kernel built for Xen as a domain builder reads it: where it is linked, where it starts, what it demands. Refuses one for
// another ABI than xen-3.0-x86_32. xen/common/libelf/libelf-dominfo.c, elf_xen_addr_calc_check.
import {isElf, parseElf, type ElfSegment} from './elf.ts';
import type {Image} from './image.ts';
import {readXenNotes, type XenNotes} from './xen-notes.ts';

export interface XenImage {
  readonly entry: number;
  /** First address of the domain's initial memory: pseudo-physical 0. */
  readonly base: number;
  /** Address of the page Xen fills with hypercall entries, or null. */
  readonly hypercallPage: number | null;
  /** `virtualAddress` is where each goes. */
  readonly segments: readonly ElfSegment[];
  readonly start: number;
  readonly end: number;
  readonly moduleStartsByFrame: boolean;
}

/** Features a kernel may demand with an exclamation mark and that are given. */
const GIVEN: ReadonlySet<string> = new Set(['pae_pgdir_above_4gb', 'mmu_pt_update_preserve_ad']);
const hex = (value: number): string => `0x${value.toString(16)}`;

/** Whether an image is a kernel for Xen. Damaged ELF files are none. */
export function isXenImage(image: Image): boolean {
  if (!isElf(image)) return false;
  try {
    return readXenNotes(image, parseElf(image).sections) !== null;
  } catch {
    return false;
  }
}

/** @throws ImageError when the image is no kernel for Xen, or one for another ABI */
export function readXenImage(image: Image): XenImage {
  const elf = parseElf(image);
  const notes = readXenNotes(image, elf.sections);
  if (notes === null) image.refuse(0, 'the image has no Xen ELF notes and no __xen_guest section', 'a paravirtual guest is a kernel built for Xen');
  checkAbi(image, notes);
  const number = (name: string, otherwise: number): number => Number(notes.get(name) ?? otherwise) >>> 0;
  const base = number('VIRT_BASE', 0);
  const offset = (base - number('PADDR_OFFSET', 0)) >>> 0;
  const segments = elf.segments.map(segment => ({...segment, virtualAddress: (segment.physicalAddress + offset) >>> 0}));
  if (segments.length === 0) image.refuse(0, 'the image has nothing to load', 'check the linker script');
  const start = Math.min(...segments.map(({virtualAddress}) => virtualAddress));
  const end = Math.max(...segments.map(({virtualAddress, memorySize}) => virtualAddress + memorySize));
  const entry = number('ENTRY', elf.entry);
  if (start < base || entry < start || entry >= end) {
    const where = `${hex(start)} to ${hex(end)} with entry ${hex(entry)}`;
    image.refuse(0, `the kernel at ${where} does not lie behind its VIRT_BASE ${hex(base)}`, 'correct the notes or the linker script');
  }
  const page = notes.get('HYPERCALL_PAGE');
  const hypercallPage = page === undefined ? null : Number(page) >>> 0;
  if (hypercallPage !== null && (hypercallPage < start || hypercallPage + 4096 > Math.ceil(end / 4096) * 4096 || hypercallPage % 4096 !== 0)) {
    image.refuse(0, `its HYPERCALL_PAGE ${hex(hypercallPage)} is no page of the kernel`, 'correct the note');
  }
  return {entry, base, hypercallPage, segments, start, end, moduleStartsByFrame: Number(notes.get('MOD_START_PFN') ?? 0) !== 0};
}

function checkAbi(image: Image, notes: XenNotes): void {
  const version = String(notes.get('XEN_VERSION') ?? 'xen-3.0');
  if (version !== 'xen-3.0') image.refuse(0, `the kernel is built for ${version}`, 'build it for xen-3.0');
  const loader = String(notes.get('LOADER') ?? 'generic');
  if (!loader.startsWith('generic')) image.refuse(0, `the kernel wants the loader '${loader}'`, 'build it for the generic loader');
  if (String(notes.get('PAE_MODE') ?? 'no').startsWith('yes')) {
    image.refuse(0, 'the kernel is built for three-level paging (PAE)', 'build it for xen-3.0-x86_32, whose tables have two levels');
  }
  const demanded = String(notes.get('FEATURES') ?? '').split('|').filter(word => word.startsWith('!')).map(word => word.slice(1));
  const missing = demanded.find(feature => !GIVEN.has(feature));
  if (missing !== undefined) image.refuse(0, `the kernel demands the feature '${missing}', which is not given to it`, 'build it without');
}
