// Makes a failing program small by delta debugging (Zeller and Hildebrandt, IEEE TSE 2002): fewer steps, fewer instructions, a
// plainer machine, smaller operands, as long as it still fails. Deterministic, and bounded by the number of trials.
import {BODY_NAMES, type BodyName} from './layout.ts';
import {NOP, type Instruction} from './assembler.ts';
import {isIdle, type Program, type Step} from './program.ts';
import {PLAIN, type Setting} from './setting.ts';

export interface Shrunk {
  readonly program: Program;
  readonly trials: number;
}

interface Search {
  program: Program;
  trials: number;
  readonly most: number;
  readonly fails: (program: Program) => boolean;
}

export function shrink(program: Program, fails: (program: Program) => boolean, most = 600): Shrunk {
  const search: Search = {program, trials: 0, most, fails};
  for (let before = ''; before !== shapeOf(search.program) && search.trials < most; ) {
    before = shapeOf(search.program);
    dropSteps(search);
    dropInstructions(search);
    closeRanks(search);
    plainerSetting(search);
    smallerOperands(search);
  }
  return {program: search.program, trials: search.trials};
}

const shapeOf = ({setting, bodies}: Program): string => JSON.stringify([setting, bodies]);

/** Takes the candidate if it still fails. */
function attempt(search: Search, candidate: Program): boolean {
  if (search.trials >= search.most) return false;
  search.trials++;
  if (!search.fails(candidate)) return false;
  search.program = candidate;
  return true;
}

interface Place { readonly name: BodyName; readonly index: number }

const withSteps = (program: Program, change: (step: Step, place: Place) => Step): Program => {
  const [first, user, second] = BODY_NAMES.map(name => program.bodies[name].map((step, index) => change(step, {name, index})));
  return {...program, bodies: {first, user, second}};
};

/** Half of the steps that are left, then quarters, down to single ones. */
function dropSteps(search: Search): void {
  const left = (): Place[] => BODY_NAMES.flatMap(name => search.program.bodies[name].flatMap((step, index) => (step.length > 0 ? [{name, index}] : [])));
  for (let size = Math.ceil(left().length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < left().length; ) {
      const gone = left().slice(at, at + size);
      const isGone = ({name, index}: Place): boolean => gone.some(each => each.name === name && each.index === index);
      if (!attempt(search, withSteps(search.program, (step, place) => (isGone(place) ? [] : step)))) at += size;
    }
  }
}

/** Why NOP where one cannot go: interrupts then come where they came. */
function dropInstructions(search: Search): void {
  for (const name of BODY_NAMES) {
    search.program.bodies[name].forEach((_, index) => {
      for (let at = search.program.bodies[name][index].length - 1; at >= 0; at--) {
        const change = (...instead: Instruction[]): boolean =>
          attempt(search, withSteps(search.program, (step, place) => (place.name === name && place.index === index ? step.toSpliced(at, 1, ...instead) : step)));
        if (!change() && !isIdle(search.program.bodies[name][index][at])) change(NOP);
      }
    });
  }
}

/** Without the empty slots; references to slots follow. */
function closeRanks(search: Search): void {
  for (const name of BODY_NAMES) {
    const steps = search.program.bodies[name];
    if (steps.every(step => step.length > 0)) continue;
    const before = steps.map((_, index) => steps.slice(0, index).filter(step => step.length > 0).length);
    const place = (index: number): number => before[index] ?? steps.filter(step => step.length > 0).length;
    const moved = steps.map((step, index) => step.map((each): Instruction =>
      (each.slot ? {...each, slot: {...each.slot, forward: Math.max(each.slot.forward === 0 ? 0 : 1, place(index + each.slot.forward) - place(index))}} : each)));
    attempt(search, {...search.program, bodies: {...search.program.bodies, [name]: moved.filter(step => step.length > 0)}});
  }
}

/** Each part of the setting as in the plain machine; lists also entry by entry where few differ. */
function plainerSetting(search: Search): void {
  for (const key of Object.keys(PLAIN) as Array<keyof Setting>) {
    if (JSON.stringify(search.program.setting[key]) === JSON.stringify(PLAIN[key])) continue;
    if (attempt(search, {...search.program, setting: {...search.program.setting, [key]: PLAIN[key]}})) continue;
    if (key === 'dataEntries' || key === 'portMap' || key === 'trapGates') plainerEntries(search, key);
  }
}

/** Halves of a list, then smaller parts. */
function plainerEntries(search: Search, key: 'dataEntries' | 'portMap' | 'trapGates'): void {
  const {length} = search.program.setting[key];
  for (let size = Math.ceil(length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < search.program.setting[key].length; from += size) {
      const list = search.program.setting[key];
      const plain = list.flatMap((value, at) => (at < from || at >= from + size ? [value] : key === 'trapGates' ? [] : [PLAIN[key][at]]));
      if (JSON.stringify(plain) !== JSON.stringify(list)) attempt(search, {...search.program, setting: {...search.program.setting, [key]: plain}});
    }
  }
}

const SMALL = [0, 1] as const;

function smallerOperands(search: Search): void {
  for (const name of BODY_NAMES) {
    search.program.bodies[name].forEach((step, index) => step.forEach((instruction, at) => {
      for (const value of SMALL) {
        const smaller = withOperand(instruction, value);
        if (smaller === null) return;
        const candidate = withSteps(search.program, (each, place) => (place.name === name && place.index === index ? each.with(at, smaller) : each));
        if (attempt(search, candidate)) return;
      }
    }));
  }
}

/** Null when it has no operand to change, or has that one already. */
function withOperand(instruction: Instruction, value: number): Instruction | null {
  if (!instruction.free) return null;
  const [at, size] = instruction.free;
  if (instruction.bytes.slice(at, at + size).every((byte, index) => byte === (index === 0 ? value : 0))) return null;
  return {...instruction, bytes: instruction.bytes.with(at, value).map((byte, index) => (index > at && index < at + size ? 0 : byte))};
}

