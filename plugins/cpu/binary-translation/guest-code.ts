// The guest's code by address and what became of it: finds a translation or has it made, drops what is no longer true, empties
// the cache when it is full.
import {HOST_BASE} from 'worldswitch';
import type {VirtualState, Vmm} from 'worldswitch';
import type {Adaptation} from './adaptation.ts';
import {CodePages, type Fetched} from './code-pages.ts';
import type {Exit} from './point.ts';
import {TranslationCache} from './translation-cache.ts';
import type {CodePage, CodeSpace, Translation} from './translation.ts';
import {Translator, type Translated} from './translator.ts';

const PAGE = 4096;

/** A translation; or the page fault of fetching the guest's code; or null where there is none to fetch. */
export type Found = Translation | {readonly errorCode: number; readonly linear: number} | null;

export class GuestCode {
  readonly cache: TranslationCache;
  readonly pages: CodePages;
  readonly #vmm: Vmm;
  readonly #state: VirtualState;
  readonly #translator: Translator;
  readonly #spaces: CodeSpace[] = [];
  /** The space whose targets the hash table holds. */
  #space: CodeSpace | null = null;
  readonly counts = {translations: 0, instructions: 0, lookups: 0};

  constructor(vmm: Vmm, parts: {readonly cache: TranslationCache; readonly state: VirtualState; readonly adaptation: Adaptation}) {
    this.#vmm = vmm;
    this.#state = parts.state;
    this.cache = parts.cache;
    this.#translator = new Translator(linear => parts.adaptation.isAdapted(linear));
    this.pages = new CodePages(vmm, translation => this.drop(translation));
  }

  /** The code segment and ring the guest is in. */
  space(): CodeSpace {
    const {selector, base, limit} = this.#state.codeSegment;
    const ring = this.#state.ring(this.#vmm.cpu);
    const now = this.#space;
    if (now !== null && now.selector === selector && now.base === base && now.limit === limit && now.ring === ring) return now;
    return this.#changeTo({selector, base, limit, ring});
  }

  /** The translation of the guest's code at its EIP. */
  find(eip: number): Found {
    const space = this.space();
    this.#vmm.charge('translation_lookup');
    this.counts.lookups++;
    return space.translations.get(eip) ?? this.#translate(eip, space);
  }

  /** A known target is jumped to straight from now on. */
  chain(from: Translation, exit: Exit, to: Translation, eip: number): void {
    if (!from.valid || !to.valid || from.space !== to.space || !exit.chainable) return;
    this.#vmm.charge('translation_chain');
    this.cache.chain(from, exit, to.start + (to.places.get(eip) as number));
  }

  drop(translation: Translation): void {
    if (!translation.valid) return;
    this.#vmm.charge('cache_drop');
    this.cache.drop(translation);
    this.pages.remove(translation);
    translation.space.translations.delete(translation.eip);
  }

  #changeTo(wanted: Omit<CodeSpace, 'translations'>): CodeSpace {
    const known = this.#spaces.find(each =>
      each.selector === wanted.selector && each.base === wanted.base && each.limit === wanted.limit && each.ring === wanted.ring);
    const space = known ?? {...wanted, translations: new Map<number, Translation>()};
    if (!known) this.#spaces.push(space);
    this.#space = space;
    this.cache.hash.clear();
    return space;
  }

  #translate(eip: number, space: CodeSpace): Found {
    const linear = (space.base + eip) | 0;
    const page = this.pages.fetch(linear);
    if (!isPage(page)) return page && {...page, linear};
    const pages: CodePage[] = [page];
    let failed: Found = null;
    const translated = this.#translator.translate(eip, space, {
      bytes: this.#bytes(page, linear & (PAGE - 1)),
      more: () => {
        const second = this.pages.fetch((page.linear + PAGE) | 0);
        if (isPage(second)) pages.push(second);
        else if (second) failed = {...second, linear: (page.linear + PAGE) | 0};
        return isPage(second) ? this.#joined(page, linear & (PAGE - 1), second) : null;
      },
    });
    return failed ?? this.#insert(eip, space, {translated, pages, first: linear & (PAGE - 1)});
  }

  #insert(eip: number, space: CodeSpace, made: {readonly translated: Translated; readonly pages: readonly CodePage[]; readonly first: number}): Translation {
    const {translated: {code, instructions, length}, pages, first} = made;
    this.#vmm.charge('translate_instruction', Math.max(1, instructions));
    this.counts.translations++;
    this.counts.instructions += instructions;
    if (!this.cache.hasRoom(code.asm.bytes.length)) this.#flush();
    const translation = this.cache.insert(code.asm, (start, size) => ({
      eip, instructions, start, size, pages, first, last: first + Math.max(1, length) - 1, places: code.places, space, valid: true,
    }));
    space.translations.set(eip, translation);
    this.pages.add(translation);
    return translation;
  }

  #flush(): void {
    this.#vmm.charge('cache_flush');
    for (const {translations} of this.#spaces) {
      for (const each of translations.values()) each.valid = false;
      translations.clear();
    }
    this.pages.clear();
    this.cache.flush();
  }

  #bytes({frame}: CodePage, from: number): Uint8Array {
    const {guest, platform} = this.#vmm;
    const at = HOST_BASE + guest.hostFrame(frame) * PAGE;
    return platform.memory.u8.slice(at + from, at + PAGE);
  }

  #joined(page: CodePage, from: number, second: CodePage): Uint8Array {
    return Uint8Array.from([...this.#bytes(page, from), ...this.#bytes(second, 0).subarray(0, 15)]);
  }
}

const isPage = (fetched: Fetched): fetched is CodePage => fetched !== null && 'frame' in fetched;
