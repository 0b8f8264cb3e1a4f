// The property: whatever a guest does to its page tables, it sees what it would see on bare metal. Random histories from a
// fixed seed; one that fails is shrunk and printed as the numbers it is made of. WORLDSWITCH_HISTORIES=N plays N histories
// for each group of techniques instead, WORLDSWITCH_SEED=N others.
import {fc} from '@fast-check/ava';
import type {ExecutionContext} from 'ava';
import {play} from './history.ts';
import {Rig} from './rig.ts';

export interface Group {
  readonly host: string;
  readonly techniques: readonly string[];
}

const HISTORIES = 20_000;
const LONGEST = 24;
const TEN_MINUTES = 600_000;

const numberOf = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

export function behavesAsBareMetal(t: ExecutionContext, {host, techniques}: Group): void {
  const histories = numberOf('WORLDSWITCH_HISTORIES', HISTORIES);
  t.timeout(Math.max(TEN_MINUTES, histories * 30));
  const bare = new Rig('native', host);
  const others = techniques.map(technique => new Rig(technique, host));
  const history = fc.array(fc.integer({min: 0, max: 0xffff_ffff}), {minLength: 1, maxLength: LONGEST, size: 'max'});
  let played = 0;
  const property = fc.property(history, codes => {
    played++;
    return play(codes, bare, others) === null;
  });
  const seed = numberOf('WORLDSWITCH_SEED', 2026);
  const {counterexample, numShrinks} = fc.check(property, {numRuns: histories, seed});
  const shortest = counterexample?.[0];
  t.is(shortest ? play(shortest, bare, others) : null, null, `history [${shortest?.join(', ')}], shrunk ${numShrinks} times, seed ${seed}`);
  t.true(played >= histories);
}

export const titleOf = ({host, techniques}: Group): string => `random histories of paging on ${host} behave as on bare metal under ${techniques.join(', ')}`;
