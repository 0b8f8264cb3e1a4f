// Steps that change page tables and then do what makes the result architectural: INVLPG, a load of CR3, or nothing where an
// entry was not present before. Intel SDM vol. 3A, 4.10.4 Invalidation of TLBs and Paging-Structure Caches.
import {PTE_A, PTE_D, PTE_G, PTE_P, PTE_U, PTE_W} from '../../x86/paging.ts';
import {EAX, ECX, EDX} from '../../x86/registers.ts';
import * as A from '../assembler.ts';
import {at, code, type Instruction} from '../assembler.ts';
import * as L from '../layout.ts';
import {aliasEntry} from '../setting.ts';
import {pointer, type Draw, type StepMaker} from './draw.ts';

interface Page { readonly linear: number; readonly entryAt: number; readonly entry: number }

/** A data page or an alias page, with another entry for it. */
function page({random}: Draw): Page {
  if (random.oneIn(2)) {
    const linear = L.DATA + random.below(L.DATA_PAGES) * L.PAGE;
    const entry = (random.oneIn(3) ? L.DATA + random.below(L.DATA_PAGES) * L.PAGE : linear) | random.pick([7, 7, 5, 3, 1, 0, 0x67]) | (random.oneIn(4) ? PTE_G : 0);
    return {linear, entryAt: L.WINDOW + L.FIRST_TABLE + (linear >>> 12) * 4, entry};
  }
  const number = random.below(L.ALIAS_PAGES);
  return {linear: L.ALIAS + number * L.PAGE, entryAt: L.WINDOW + random.pick([L.ALIAS_TABLE_A, L.ALIAS_TABLE_B]) + number * 4, entry: aliasEntry(random)};
}

const invalidate = (linear: number): Instruction => code(0x0f, 0x01, ...A.operand(7, at(linear)));
const reload = [A.fromControl(EAX, 3), A.toControl(3, EAX)] as const;

/** Another entry, then INVLPG, then an access. */
export const entry: StepMaker = draw => {
  const {linear, entryAt, entry} = page(draw);
  return [A.storeImmediate(at(entryAt), entry), invalidate(linear), draw.random.pick([A.load(EDX, at(linear + 16)), A.store(at(linear + 20), ECX)])];
};

/** Not present at first, so that nothing of it can be in a TLB: no invalidation is needed when it becomes present. */
export const becomesPresent: StepMaker = draw => {
  const {linear, entryAt, entry} = page(draw);
  return [A.storeImmediate(at(entryAt), 0), invalidate(linear), A.storeImmediate(at(entryAt), entry | PTE_P)];
};

/** Rights taken away or given by a locked operation, as kernels do. */
export const rights: StepMaker = draw => {
  const {linear, entryAt} = page(draw);
  const bits = draw.random.pick([PTE_W, PTE_U, PTE_P, PTE_A, PTE_D, PTE_A | PTE_D]);
  const change = draw.random.oneIn(2) ? code(0xf0, 0x81, ...A.operand(4, at(entryAt)), ...A.little(~bits, 4)) : code(0x81, ...A.operand(6, at(entryAt)), ...A.little(bits, 4));
  return [change, invalidate(linear)];
};

/** An access, and what it left in the entry's accessed and dirty bits. */
export const accessedAndDirty: StepMaker = draw => {
  const {linear, entryAt} = page(draw);
  return [draw.random.pick([A.load(EDX, at(linear + 8)), A.store(at(linear + 12), EDX)]), A.load(ECX, at(entryAt))];
};

/** The directory entry of the alias pages, then a load of CR3: none of them is global. */
export const directory: StepMaker = draw => {
  const {random} = draw;
  const entryAt = L.WINDOW + random.pick([L.DIRECTORY_A, L.DIRECTORY_B]) + (L.ALIAS >>> 22) * 4;
  if (random.oneIn(2)) return [A.storeImmediate(at(entryAt), random.pick([L.ALIAS_TABLE_A, L.ALIAS_TABLE_B]) | random.pick([7, 7, 7, 5, 3])), ...reload];
  return [code(0x81, ...A.operand(6, at(entryAt)), ...A.little(random.pick([PTE_P, PTE_W, PTE_U, PTE_A]), 4)), ...reload, A.load(EDX, at(pointer(draw)))];
};
