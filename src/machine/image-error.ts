// What is wrong with an image somebody wants to boot, as one sentence for the person who named the file.

export interface ImageFault {
  /** The image's name, as the person gave it. */
  readonly file: string;
  /** Offset in the file, in bytes. */
  readonly offset: number;
  /** What is wrong there. */
  readonly fault: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** The input is at fault, not this program: show the message without a stack trace. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly file: string;
  readonly offset: number;

  constructor({file, offset, fault, remedy}: ImageFault) {
    super(`${file}, offset 0x${offset.toString(16)}: ${fault}; ${remedy}.`);
    this.file = file;
    this.offset = offset;
  }
}
