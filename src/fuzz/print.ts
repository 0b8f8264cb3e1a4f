// A program as assembly: what its machine is set up to be where that is not plain, and every step with its address.
import {disassemble} from '../oracle/show.ts';
import {BODIES, BODY_NAMES, type BodyName} from './layout.ts';
import {placed, type Program} from './program.ts';
import {PLAIN, type Setting} from './setting.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const TITLES: Readonly<Record<BodyName, string>> = {first: 'ring 0, first', user: 'ring 3', second: 'ring 0, then'};

export function assemblyOf(program: Program): string[] {
  return [...settingLines(program.setting), ...BODY_NAMES.flatMap(name => bodyLines(program, name))];
}

function bodyLines({bodies}: Program, name: BodyName): string[] {
  const steps = bodies[name];
  const lines = steps.flatMap((step, index) => [...placed(step, {address: BODIES[name], index, slots: steps.length + 1})].map(({address, bytes}) =>
    `  ${hex(address)}  ${Buffer.from(bytes).toString('hex').padEnd(22)}  ${disassemble(Uint8Array.from(bytes), address)}`));
  return lines.length === 0 ? [] : [`${TITLES[name]}:`, ...lines];
}

/** Lists only where they differ from the plain machine. */
function settingLines(setting: Setting): string[] {
  return (Object.keys(PLAIN) as Array<keyof Setting>).flatMap(key => {
    const [ours, plain] = [setting[key], PLAIN[key]];
    if (JSON.stringify(ours) === JSON.stringify(plain)) return [];
    return [`${key}: ${typeof ours === 'number' ? hex(ours) : listText(ours.flat(), (plain as readonly number[] | readonly (readonly number[])[]).flat())}`];
  });
}

function listText(ours: readonly number[], plain: readonly number[]): string {
  const differing = ours.flatMap((value, at) => (value === plain[at] ? [] : [`[${at}] ${hex(value)}`]));
  return differing.length > 8 ? `${differing.length} entries differ from the plain machine` : differing.join(', ');
}
