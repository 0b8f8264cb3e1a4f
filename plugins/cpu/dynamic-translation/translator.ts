// Follows the guest from translation to translation and charges what a translator does between them: nothing at a chained
// exit, a look-up at any other, and the translation of what was never executed before.
// Invariant: where blocks begin and end depends on the guest's path alone, never on how many instructions the model runs at once.
import {costNumber, CS, DEVICE, HOST_BASE} from 'worldswitch';
import type {BlockFollower, Cpu, Vmm} from 'worldswitch';
import {CodeCache} from './code-cache.ts';
import {secondPage, translate, type Translation} from './translation.ts';

const LOOKUP = costNumber.translation_lookup, CHAIN = costNumber.translation_chain, TRANSLATE = costNumber.translate_instruction;
const PROBE = costNumber.soft_tlb_probe, INTERRUPT_CHECK = costNumber.emulator_interrupt_check;
/** Privilege beside the mode bits in what a translation depends on. */
const PRIVILEGE_SHIFT = 12;

export class Translator implements BlockFollower {
  readonly #cache: CodeCache;
  readonly #longestRun: number;
  #current: Translation | null = null;
  /** Instructions left to the guest's budget when the current translation was entered. */
  #enteredAt = 0;
  readonly #counts = {blocks: 0, instructions: 0, executions: 0, lookups: 0, chains: 0};

  constructor(vmm: Vmm) {
    this.#cache = new CodeCache(vmm);
    this.#longestRun = vmm.platform.blocks.maxLength;
  }

  before(c: Cpu): boolean {
    const done = this.#enteredAt - c.instructionsLeft;
    const current = this.#current;
    if (current === null || !isInside(current, done, c.eip)) this.#enter(c, current, done);
    return this.#mayRunOver(c);
  }

  statistics(): Readonly<Record<string, number>> {
    const {blocks, instructions, executions, lookups, chains} = this.#counts;
    return {
      'blocks translated': blocks, 'instructions translated': instructions, 'block executions': executions, 'block look-ups': lookups,
      'exits chained': chains, 'blocks invalidated': this.#cache.dropped,
    };
  }

  /** Whether the model's own block could run past the end of this one: only where nothing but a number ends it. */
  #mayRunOver(c: Cpu): boolean {
    const current = this.#current;
    if (current === null || !current.full) return false;
    return current.instructions - (this.#enteredAt - c.instructionsLeft) < this.#longestRun;
  }

  #enter(c: Cpu, from: Translation | null, done: number): void {
    this.#current = null;
    const patchable = from !== null && from.valid && done === from.instructions && leadsTo(from, c.eip) ? from : null;
    const next = chained(c, patchable) ?? this.#lookUp(c, patchable);
    c.spend(INTERRUPT_CHECK);
    this.#counts.executions++;
    this.#enteredAt = c.instructionsLeft;
    this.#current = next;
  }

  #lookUp(c: Cpu, patchable: Translation | null): Translation | null {
    c.spend(LOOKUP);
    c.spend(PROBE);
    this.#counts.lookups++;
    const offset = c.mmu.fetch(c, (c.segBase[CS] + c.eip) | 0);
    if (offset === DEVICE) return null;
    const next = this.#known(c, offset) ?? this.#translate(c, offset);
    if (patchable !== null && patchable.valid && next.crossing < 0) {
      c.spend(CHAIN);
      this.#counts.chains++;
      patchable.chains.set(c.eip, next);
    }
    return next;
  }

  /** An instruction over two pages is good only while the second one is what it was. */
  #known(c: Cpu, offset: number): Translation | null {
    const known = this.#cache.find(offset, c.eip, modeOf(c));
    if (known === null || known.crossing < 0) return known;
    const second = secondPage(c);
    if (second !== DEVICE && (second - HOST_BASE) >>> 12 === known.crossing) return known;
    this.#cache.remove(offset, known);
    return null;
  }

  #translate(c: Cpu, offset: number): Translation {
    const made = translate(c, offset, modeOf(c));
    c.spend(TRANSLATE, made.instructions);
    this.#counts.blocks++;
    this.#counts.instructions += made.instructions;
    this.#cache.insert(offset, made);
    return made;
  }
}

const modeOf = (c: Cpu): number => c.mode | (c.cpl << PRIVILEGE_SHIFT);

const isInside = (current: Translation, done: number, eip: number): boolean =>
  current.valid && done < current.instructions && current.eips[done] === eip;

/** Exits are patched only within a page: another page may be mapped anew without this one knowing. */
const leadsTo = (from: Translation, eip: number): boolean =>
  from.crossing < 0 && from.successors.includes(eip) && eip >>> 12 === from.eip >>> 12;

function chained(c: Cpu, from: Translation | null): Translation | null {
  const next = from?.chains.get(c.eip);
  return next !== undefined && next.valid && next.mode === modeOf(c) ? next : null;
}
