// Brings a kernel's symbols into guest memory, so that it can print its own back traces: symbol and string tables are
// loaded, and the section header table says where. Multiboot Specification 0.6.96, 3.3, flag 5.
//
// Deviation: GRUB loads every section, debug information included; here only symbols and strings are.
import type {ElfSections} from './elf.ts';
import type {Image} from './image.ts';
import type {LoadedSections} from './multiboot-info.ts';
import type {Placement} from './placement.ts';

const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SH_TYPE = 4;
const SH_ADDR = 12;
const SH_OFFSET = 16;
const SH_SIZE = 20;

/** @throws ImageError when a table lies outside the file or finds no room */
export function loadSections(image: Image, sections: ElfSections, placement: Placement): LoadedSections {
  const {offset, count, entrySize, names} = sections;
  const table = image.bytes.slice(offset, offset + count * entrySize);
  const view = new DataView(table.buffer);
  for (let at = 0; at < table.length; at += entrySize) {
    const type = view.getUint32(at + SH_TYPE, true);
    const isLoaded = view.getUint32(at + SH_ADDR, true) !== 0;
    if (isLoaded || (type !== SHT_SYMTAB && type !== SHT_STRTAB)) continue;
    const [start, size] = [view.getUint32(at + SH_OFFSET, true), view.getUint32(at + SH_SIZE, true)];
    image.require('a symbol or string table', start, size);
    view.setUint32(at + SH_ADDR, placement.loadAbove('its symbol table', image.bytes.subarray(start, start + size)), true);
  }
  return {table, count, entrySize, names};
}
