// The code cache: translations by the memory they were made from, dropped when a line of it is written.
import {CODE_LINE_SHIFT, HOST_BASE} from 'worldswitch';
import type {Vmm} from 'worldswitch';
import type {Translation} from './translation.ts';

/** Bytes of a second page that an instruction may reach. */
const CROSSING_LAST = 15;

export class CodeCache {
  readonly #blocks: Vmm['platform']['blocks'];
  /** By memory offset of the first byte; more than one where code is reached at several addresses or privileges. */
  readonly #at = new Map<number, Translation[]>();
  readonly #byFrame = new Map<number, Set<Translation>>();
  dropped = 0;

  constructor(vmm: Vmm) {
    this.#blocks = vmm.platform.blocks;
    this.#blocks.onDrop = (frame, line) => this.#drop(frame, line);
  }

  find(offset: number, eip: number, mode: number): Translation | null {
    return this.#at.get(offset)?.find(each => each.eip === eip && each.mode === mode) ?? null;
  }

  insert(offset: number, translation: Translation): void {
    this.#at.set(offset, [...(this.#at.get(offset) ?? []), translation]);
    for (const frame of framesOf(translation)) {
      const known = this.#byFrame.get(frame) ?? new Set();
      this.#byFrame.set(frame, known.add(translation));
      this.#watch(frame, translation);
    }
  }

  remove(offset: number, translation: Translation): void {
    translation.valid = false;
    this.dropped++;
    for (const frame of framesOf(translation)) this.#byFrame.get(frame)?.delete(translation);
    const left = (this.#at.get(offset) ?? []).filter(each => each !== translation);
    if (left.length > 0) this.#at.set(offset, left);
    else this.#at.delete(offset);
  }

  #drop(frame: number, line: number): void {
    const known = this.#byFrame.get(frame);
    if (!known) return;
    for (const each of known) {
      if (covers(each, frame, line)) this.remove(HOST_BASE + each.frame * 4096 + each.first, each);
      else this.#watch(frame, each);
    }
  }

  #watch(frame: number, {first, last, crossing}: Translation): void {
    if (frame === crossing) this.#blocks.mark(frame, 0, CROSSING_LAST);
    else this.#blocks.mark(frame, first, last);
  }
}

const framesOf = ({frame, crossing}: Translation): readonly number[] => (crossing < 0 || crossing === frame ? [frame] : [frame, crossing]);

function covers({frame: own, first, last, crossing}: Translation, frame: number, line: number): boolean {
  if (own === frame && first >>> CODE_LINE_SHIFT <= line && line <= last >>> CODE_LINE_SHIFT) return true;
  return crossing === frame && line === 0;
}
