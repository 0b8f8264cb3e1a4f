// Program number n of a seed: always the same one. Which steps there are, and how often each is drawn.
import {mix, Random} from '../oracle/random.ts';
import {BODY_NAMES, type BodyName} from './layout.ts';
import {fits, type Program, type Step} from './program.ts';
import {drawSetting} from './setting.ts';
import * as devices from './steps/devices.ts';
import type {Draw, StepMaker} from './steps/draw.ts';
import * as paging from './steps/paging.ts';
import * as plain from './steps/plain.ts';
import {arithmetic, sensitive} from './steps/rows.ts';
import * as system from './steps/system.ts';
import * as transfers from './steps/transfers.ts';

/** By weight; the same for both rings, because what faults in one is what the other may do. */
const STEPS: ReadonlyArray<readonly [weight: number, step: StepMaker]> = [
  [12, arithmetic], [8, plain.access], [5, plain.strings], [4, plain.stack], [5, plain.branch], [2, plain.loop], [1, plain.astray], [2, plain.selfModifying], [1, plain.wildStack],
  [8, sensitive], [2, system.control0], [1, system.pagingOff], [1, system.control4], [3, system.control3], [2, system.machineStatus], [3, system.tableRegisters],
  [1, system.taskAndLocal], [2, system.inspect], [1, system.machineSpecific], [1, system.identify], [1, system.caches], [1, system.halt], [4, system.flags],
  [2, system.interruptFlag], [2, system.writeDescriptor], [2, system.throughSegment], [4, system.loadSegment],
  [2, transfers.far], [4, transfers.software], [2, transfers.returnSame], [1, transfers.returnOuter],
  [3, paging.entry], [1, paging.becomesPresent], [2, paging.rights], [2, paging.accessedAndDirty], [1, paging.directory],
  [2, devices.input], [3, devices.output], [1, devices.strings], [1, devices.timer],
];

const WEIGHTED = STEPS.flatMap(([weight, step]) => Array.from({length: weight}, () => step));
const MOST_STEPS: Readonly<Record<BodyName, number>> = {first: 18, user: 18, second: 8};

export function generate(seed: number, number: number): Program {
  const random = new Random(mix(seed) ^ mix(number + 1));
  const setting = drawSetting(random);
  const body = (name: BodyName): Step[] => {
    const draw: Draw = {random, kernel: name !== 'user'};
    return Array.from({length: random.between(4, MOST_STEPS[name])}, () => stepOf(draw));
  };
  const [first, user, second] = BODY_NAMES.map(body);
  return {seed: number, setting, bodies: {first, user, second}};
}

/** Why: a step whose addresses come out long may be too long for a slot; then another is drawn. */
function stepOf(draw: Draw): Step {
  for (;;) {
    const step = draw.random.pick(WEIGHTED)(draw);
    if (fits(step)) return step;
  }
}
