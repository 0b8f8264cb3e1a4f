// The Multiboot information structure and all it points to, as one block of bytes for a given address. Multiboot
// Specification 0.6.96, 3.3 "Boot information format".
import {CONVENTIONAL_END, memoryMap, MIB} from './memory-map.ts';

const SIZE = 116;
const FLAG_MEMORY = 1 << 0;
const FLAG_COMMAND_LINE = 1 << 2;
const FLAG_MODULES = 1 << 3;
const FLAG_ELF_SECTIONS = 1 << 5;
const FLAG_MEMORY_MAP = 1 << 6;
const FLAG_LOADER_NAME = 1 << 9;
const LOADER_NAME = 'worldswitch';

export interface LoadedModule {
  readonly start: number;
  readonly end: number;
  readonly commandLine: string;
}

/** A section header table whose addresses are those in guest memory. */
export interface LoadedSections {
  readonly table: Uint8Array;
  readonly count: number;
  readonly entrySize: number;
  readonly names: number;
}

export interface BootInformation {
  /** Guest memory in bytes. */
  readonly memorySize: number;
  readonly commandLine: string;
  readonly modules: readonly LoadedModule[];
  readonly sections: LoadedSections | null;
}

/** The block as it must stand at `base`; its length doesn't depend on where. */
export function buildInformation(information: BootInformation, base: number): Uint8Array {
  const block = new Block(base);
  const {memorySize, sections} = information;
  const modules = information.modules.flatMap(({start, end, commandLine}) => [start, end, block.string(commandLine), 0]);
  const map = words(memoryMap(memorySize).flatMap(({address, size, type}) => [20, address, 0, size, 0, type]));
  block.put(0, flags(sections !== null));
  block.put(4, kibibytes(CONVENTIONAL_END), kibibytes(Math.max(0, memorySize - MIB)));
  block.put(16, block.string(information.commandLine));
  block.put(20, information.modules.length, block.append(words(modules)));
  if (sections) block.put(28, sections.count, sections.entrySize, block.append(sections.table), sections.names);
  block.put(44, map.length, block.append(map));
  block.put(64, block.string(LOADER_NAME));
  return block.bytes();
}

const kibibytes = (bytes: number): number => Math.floor(bytes / 1024);

function flags(hasSections: boolean): number {
  const always = FLAG_MEMORY | FLAG_COMMAND_LINE | FLAG_MODULES | FLAG_MEMORY_MAP | FLAG_LOADER_NAME;
  return hasSections ? always | FLAG_ELF_SECTIONS : always;
}

/** 32-bit little-endian words. */
function words(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, index) => view.setUint32(index * 4, value, true));
  return new Uint8Array(view.buffer);
}

/** The structure, and what it points to behind it in word-aligned order. */
class Block {
  readonly #base: number;
  readonly #structure = new DataView(new ArrayBuffer(SIZE));
  readonly #parts: Uint8Array[] = [new Uint8Array(this.#structure.buffer)];
  #size = SIZE;

  constructor(base: number) {
    this.#base = base;
  }

  put(offset: number, ...values: number[]): void {
    values.forEach((value, index) => this.#structure.setUint32(offset + index * 4, value, true));
  }

  /** @returns the guest address of the bytes */
  append(bytes: Uint8Array): number {
    const address = this.#base + this.#size;
    const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    this.#parts.push(padded);
    this.#size += padded.length;
    return address;
  }

  /** @returns the guest address of the text in UTF-8, with a zero behind it */
  string(text: string): number {
    return this.append(new TextEncoder().encode(`${text}\0`));
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
