// Makes small ELF32 kernels for tests, field by field, so that a test can break exactly one of them.

const MULTIBOOT_MAGIC = 0x1badb002;

export interface FixtureSegment {
  readonly type?: number;
  readonly virtualAddress?: number;
  readonly physicalAddress: number;
  readonly data: readonly number[];
  readonly memorySize?: number;
}

export interface FixtureSection {
  readonly type: number;
  readonly address?: number;
  readonly data: readonly number[];
}

export interface Fixture {
  readonly entry?: number;
  readonly segments?: readonly FixtureSegment[];
  readonly sections?: readonly FixtureSection[];
  /** Words of the Multiboot header, put in front of the first segment's data; null for none. */
  readonly header?: readonly number[] | null;
}

/** A Multiboot header with the right checksum, and words that follow it. */
export function multibootHeader(flags: number, ...more: number[]): number[] {
  return [MULTIBOOT_MAGIC, flags, -(MULTIBOOT_MAGIC + flags) >>> 0, ...more];
}

/** Little-endian bytes of 32-bit words. */
export function wordBytes(words: readonly number[]): number[] {
  return words.flatMap(word => [0, 8, 16, 24].map(shift => (word >>> shift) & 0xff));
}

const ONE_MIB = 0x100000;
const KERNEL: FixtureSegment = {physicalAddress: ONE_MIB, data: [0xfa, 0xf4]};

/** An executable: ELF header, program headers, the segments' data, sections' data, section headers, each in a row. */
export function elfKernel(fixture: Fixture = {}): Uint8Array {
  const {segments = [KERNEL], sections = [], header = multibootHeader(0), entry = ONE_MIB} = fixture;
  const prefix = wordBytes(header ?? []);
  const bodies = segments.map(({data}, index) => (index === 0 ? [...prefix, ...data] : [...data]));
  let at = 52 + 32 * segments.length;
  const place = (body: readonly number[]): number => (at += body.length) - body.length;
  const programHeaders = segments.flatMap(({type = 1, physicalAddress, virtualAddress, memorySize}, index) => {
    const size = bodies[index].length;
    return [type, place(bodies[index]), virtualAddress ?? physicalAddress, physicalAddress, size, memorySize ?? size, 7, 4];
  });
  const sectionHeaders = sections.flatMap(({type, address = 0, data}) => [0, type, 0, address, place(data), data.length, 0, 0, 1, 0]);
  return Uint8Array.from([
    ...wordBytes([0x464c457f, 0x010101, 0, 0, 0x00030002, 1]),
    ...wordBytes([entry, 52, sections.length > 0 ? at : 0, 0]),
    ...wordBytes([0x00200034, (40 << 16) | segments.length, (Math.max(0, sections.length - 1) << 16) | sections.length]),
    ...wordBytes(programHeaders),
    ...bodies.flat(),
    ...sections.flatMap(({data}) => data),
    ...wordBytes(sectionHeaders),
  ]);
}

/** A copy with bytes replaced at an offset. */
export function patched(bytes: Uint8Array, offset: number, ...values: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, offset);
  return copy;
}
