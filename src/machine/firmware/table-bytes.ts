// Little-endian fields of the tables that firmware leaves in memory, and their checksums.

export const byte = (...values: number[]): number[] => values.map(value => value & 0xff);
export const word = (...values: number[]): number[] => values.flatMap(value => byte(value, value >>> 8));
export const dword = (...values: number[]): number[] => values.flatMap(value => word(value, value >>> 16));
/** Text of a fixed width, filled with blanks. */
export const text = (value: string, width = value.length): number[] => Array.from(value.padEnd(width), letter => letter.charCodeAt(0)).slice(0, width);
export const zeros = (count: number): number[] => Array.from({length: count}, () => 0);

/** Sets the byte at `at` so that all bytes add up to 0. */
export function summed(bytes: readonly number[], at: number): Uint8Array {
  const table = Uint8Array.from(bytes);
  table[at] = 0;
  table[at] = -table.reduce((sum, value) => sum + value, 0);
  return table;
}
