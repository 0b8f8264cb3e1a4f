// Looks at an image before anything runs: it is loaded into memory that forgets, so that planning finds what booting would.
import {Image} from '../machine/image.ts';
import {loadBootImage} from '../machine/boot-image.ts';
import {hasMultibootHeader} from '../machine/multiboot.ts';
import {isXenImage} from '../machine/xen-image.ts';
import {checkDomain} from '../vmm/paravirtual/domain-builder.ts';
import {readBootFiles} from './boot-files.ts';
import type {GuestKind} from './guest-kind.ts';
import type {BootFiles} from './spec.ts';

export interface ImageToCheck {
  /** As the person gave it; errors begin with it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly memoryMiB: number;
  /** Its command line. */
  readonly append: string;
  readonly files?: BootFiles | undefined;
}

/** The kinds of guest that can be booted from an image. Throws with a sentence that begins with the file when there is none. */
export type CheckImage = (image: ImageToCheck) => readonly GuestKind[];

/** @throws ImageError when the image is malformed or does not fit into the guest's memory */
export function checkImage({file, bytes, memoryMiB, append, files}: ImageToCheck): readonly GuestKind[] {
  const kinds = imageKinds(file, bytes);
  const size = memoryMiB * 2 ** 20;
  if (kinds.includes('paravirtual')) checkDomain({file, bytes, commandLine: append}, size);
  if (kinds.includes('unmodified')) loadBootImage({file, bytes, commandLine: append, ...readBootFiles(files)}, {size, write() {}});
  return kinds;
}

/** A kernel may be both; what is neither is taken for a damaged Multiboot kernel. */
export function imageKinds(file: string, bytes: Uint8Array): readonly GuestKind[] {
  const image = new Image(file, bytes);
  if (!isXenImage(image)) return ['unmodified'];
  return hasMultibootHeader(image) ? ['unmodified', 'paravirtual'] : ['paravirtual'];
}
