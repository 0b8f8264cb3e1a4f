// A boot image as bytes with a name: reading little-endian fields with a clear complaint where the file ends too early.
import {ImageError} from './image-error.ts';

export class Image {
  /** The name that errors carry. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(file: string, bytes: Uint8Array) {
    this.file = file;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.bytes.length;
  }

  u8(offset: number): number {
    return this.#view.getUint8(offset);
  }

  u16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  u32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  /** @throws ImageError when the file ends before `offset + length` */
  require(what: string, offset: number, length: number): void {
    if (offset + length <= this.size) return;
    this.refuse(offset, `the file ends at 0x${this.size.toString(16)}, inside ${what}`, 'it is cut short, so build or copy it again');
  }

  refuse(offset: number, fault: string, remedy: string): never {
    throw new ImageError({file: this.file, offset, fault, remedy});
  }
}
