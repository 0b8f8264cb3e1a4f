// The guest images of this oracle: one C file each, linked with the same monitor. What each asks is told in its first lines.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {packagePath} from '../answers.ts';

/** Answered by QEMU. */
export const ASKED_IMAGES = [
  'exceptions', 'transfers', 'page-faults', 'interrupts', 'protection', 'apic', 'tasks', 'virtual-8086', 'real-mode', 'debug', 'pae',
] as const;
/** Answered by the manual, in limits.expected.ts: QEMU's translator skips these checks. */
export const MANUAL_IMAGE = 'limits';
export type AskedImage = (typeof ASKED_IMAGES)[number];

/** The committed image, relative to the package. */
export const imageFile = (name: string): string => `src/oracle/qemu/images/${name}.elf`;
export const readImage = (name: string): Buffer => readFileSync(packagePath(imageFile(name)));
export const imageHash = (name: string): string => createHash('sha256').update(readImage(name)).digest('hex');
