// As much of ACPI's machine language as a description of devices without methods needs: names, numbers, packages, buffers, scopes.
// Advanced Configuration and Power Interface Specification 1.0b, chapter 16 ACPI Machine Language Specification.
import {byte, dword, text, word} from './table-bytes.ts';

const NAME = 0x08, SCOPE = 0x10, BUFFER = 0x11, PACKAGE = 0x12, EXTENDED = 0x5b, DEVICE = 0x82;

type Bytes = readonly number[];

/** 16.2.4: a length that counts its own bytes. */
function measured(content: Bytes): number[] {
  const one = content.length + 1, two = content.length + 2;
  return one < 0x40 ? [one, ...content] : [0x40 | (two & 0xf), two >>> 4, ...content];
}

export function integer(value: number): number[] {
  if (value <= 1) return [value];
  if (value <= 0xff) return [0x0a, value];
  return value <= 0xffff ? [0x0b, ...word(value)] : [0x0c, ...dword(value)];
}

export const name = (path: string, value: Bytes): number[] => [NAME, ...text(path), ...value];
export const scope = (path: string, ...terms: Bytes[]): number[] => [SCOPE, ...measured([...text(path), ...terms.flat()])];
export const device = (path: string, ...terms: Bytes[]): number[] => [EXTENDED, DEVICE, ...measured([...text(path), ...terms.flat()])];
export const list = (...elements: Bytes[]): number[] => [PACKAGE, ...measured([elements.length, ...elements.flat()])];
export const buffer = (content: Bytes): number[] => [BUFFER, ...measured([...integer(content.length), ...content])];

/** 6.4: resources of a bridge, each a range that it passes on; lengths follow from the bounds. */
const FIXED = 0x0c;
export const busNumbers = (first: number, last: number): number[] => [0x88, ...word(13), ...byte(2, FIXED, 0), ...word(0, first, last, 0, last - first + 1)];
export const ports = (first: number, last: number): number[] => [0x88, ...word(13), ...byte(1, FIXED, 3), ...word(0, first, last, 0, last - first + 1)];
export const memory = (first: number, last: number): number[] => [0x87, ...word(23), ...byte(0, FIXED, 1), ...dword(0, first, last, 0, last - first + 1)];
/** Ports of the bridge's own. */
export const ownPorts = (first: number, count: number): number[] => [0x47, 1, ...word(first, first), ...byte(1, count)];
export const END_OF_RESOURCES: Bytes = [0x79, 0];
