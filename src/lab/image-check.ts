// Looks at an image before anything runs: it is loaded into memory that forgets, so that planning finds what booting would.
import {loadMultiboot} from '../machine/multiboot.ts';

export interface ImageToCheck {
  /** As the person gave it; errors begin with it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly memoryMiB: number;
  /** Its command line. */
  readonly append: string;
}

/** Throws with a sentence that begins with the file when a guest cannot be booted from it. */
export type CheckImage = (image: ImageToCheck) => void;

/** @throws ImageError when the image is malformed or does not fit into the guest's memory */
export function checkImage({file, bytes, memoryMiB, append}: ImageToCheck): void {
  loadMultiboot({file, bytes, commandLine: append, memory: {size: memoryMiB * 2 ** 20, write() {}}});
}
