// Indirect jumps and returns find their translation by a hash table that lies in the monitor's region and is probed by code of
// the cache: on a hit no VMM runs. Tags are kept negated, so that LEA can compare without touching a flag.
import {Assembler, EAX, ECX} from './assembler.ts';
import {AT_TARGET, point, UNDO_EAX, UNDO_ECX} from './point.ts';
import {DESTINATION, HASH_SLOTS, HASH_TABLE, SAVED_EAX, SAVED_ECX, TARGET, type MonitorMemory} from './region.ts';
import type {Translation} from './translation.ts';

const slotOf = (eip: number): number => (eip & 0xff) * 8 + ((eip >>> 8) & 0xff);
/** A tag that no address with this hash has. */
const emptyTag = (slot: number): number => (slot === 0 ? -1 : 0);

export class HashTable {
  readonly #memory: MonitorMemory;

  constructor(memory: MonitorMemory) {
    this.#memory = memory;
    this.clear();
  }

  clear(): void {
    for (let slot = 0; slot < HASH_SLOTS; slot++) this.#write(slot, emptyTag(slot), 0);
  }

  insert({eip, start}: Translation): void {
    this.#write(slotOf(eip), -eip | 0, start);
  }

  remove({eip, start}: Translation): void {
    const slot = slotOf(eip);
    if (this.#memory.read(HASH_TABLE + slot * 8 + 4) === (start | 0)) this.#write(slot, emptyTag(slot), 0);
  }

  #write(slot: number, tag: number, destination: number): void {
    this.#memory.write(HASH_TABLE + slot * 8, tag);
    this.#memory.write(HASH_TABLE + slot * 8 + 4, destination);
  }
}

/** The code that every indirect jump ends in; the guest's target stands in the state page. */
export function lookUpRoutine(): Assembler {
  const asm = new Assembler();
  const undo = AT_TARGET | UNDO_EAX | UNDO_ECX;
  const at = (more: {undo?: number; callout?: 'miss'; indirect?: boolean} = {}) => point(0, {undo, ...more});
  const hit = asm.label();
  asm.store(at({undo: AT_TARGET}), SAVED_EAX, EAX);
  asm.store(at({undo: AT_TARGET | UNDO_EAX}), SAVED_ECX, ECX);
  asm.load(at(), ECX, TARGET);
  asm.emit(at(), 0x0f, 0xb6, 0xc1); // MOVZX EAX, CL
  asm.emit(at(), 0x0f, 0xb6, 0xcd); // MOVZX ECX, CH
  asm.emit(at(), 0x8d, 0x04, 0xc1); // LEA EAX, [ECX + EAX * 8]
  asm.loadFrom(at(), ECX, {address: HASH_TABLE, index: EAX, shift: 3});
  asm.loadFrom(at(), EAX, {address: HASH_TABLE + 4, index: EAX, shift: 3});
  asm.store(at(), DESTINATION, EAX);
  asm.load(at(), EAX, TARGET);
  asm.emit(at(), 0x8d, 0x0c, 0x01); // LEA ECX, [ECX + EAX]
  asm.relative(at(), [0xe3], hit, 1);
  asm.load(at(), ECX, SAVED_ECX);
  asm.load(at({undo: AT_TARGET | UNDO_EAX}), EAX, SAVED_EAX);
  asm.emit(at({undo: AT_TARGET, callout: 'miss'}), 0xcd, 0x30);
  asm.place(hit);
  asm.load(at(), ECX, SAVED_ECX);
  asm.load(at({undo: AT_TARGET | UNDO_EAX}), EAX, SAVED_EAX);
  asm.emit(at({undo: AT_TARGET, indirect: true}), 0x65, 0xff, 0x25, DESTINATION & 0xff, (DESTINATION >>> 8) & 0xff, (DESTINATION >>> 16) & 0xff, DESTINATION >>> 24);
  return asm;
}
