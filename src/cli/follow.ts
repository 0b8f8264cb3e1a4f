// `worldswitch follow`: one guest under one technique, step by step, as lines or as one JSON document.
import {loadCatalogue} from '../lab/catalogue.ts';
import {loadConfig} from '../lab/config.ts';
import {Follow, FOLLOWED, type Followed, type FollowRequest, type Step} from '../lab/follow.ts';
import {readPlace} from '../lab/follow-range.ts';
import {runGuest} from '../lab/guest-run.ts';
import {planCells} from '../lab/plan.ts';
import {listed, UsageError} from '../lab/usage-error.ts';
import {EXIT_CODES} from '../lab/exit-codes.ts';
import {readWholeNumber, type WrittenFlags} from './flags.ts';
import {planRequest} from './request.ts';
import {catalogueSource} from './run.ts';
import type {Surroundings} from './surroundings.ts';

export interface FollowFlags extends WrittenFlags {
  readonly from?: string;
  readonly to?: string;
  readonly only?: readonly string[];
  readonly limit?: string;
}

const DEFAULT_LIMIT = 200;

/** @throws UsageError unless exactly one cell is named, or for a place or kind that is none */
export async function followCommand(image: string, flags: FollowFlags, surroundings: Surroundings): Promise<number> {
  const request = requestOf(flags);
  const config = await loadConfig({cwd: surroundings.cwd, file: flags.config, defaults: surroundings.defaults});
  const catalogue = await loadCatalogue(catalogueSource(config, surroundings));
  const one = {technique: ['native'], host: ['nehalem-2009'], samples: '0', ...flags};
  const plan = planCells(planRequest({workloads: [image], flags: one, config, cwd: surroundings.cwd}), catalogue);
  if (plan.length !== 1) throw new UsageError(`one guest is followed, but ${plan.length} cells are named; give one image, one --technique and one --host`);
  const [{spec, refusal}] = plan;
  if (refusal) throw new UsageError(refusal);
  let follow: Follow | null = null;
  runGuest(spec, catalogue, {clock: spec.clock, prepare: (platform, vmm) => { follow = new Follow(platform, vmm, request); }});
  const {steps, began} = follow as unknown as Follow;
  surroundings.stdout.write(flags.json ? `${JSON.stringify({cell: spec.key, steps}, null, 2)}\n` : steps.map(line).join(''));
  if (began) return 0;
  surroundings.stderr.write(`worldswitch: the guest ended before it reached ${flags.from}\n`);
  return EXIT_CODES.failed;
}

function requestOf({from, to, only, limit}: FollowFlags): FollowRequest {
  return {
    from: from === undefined ? null : readPlace('--from', from), to: to === undefined ? null : readPlace('--to', to), only: kindsOf(only),
    limit: limit === undefined ? DEFAULT_LIMIT : readWholeNumber('--limit', limit, [1, 10_000_000]), stops: true,
  };
}

function kindsOf(written: readonly string[] | undefined): ReadonlySet<Followed> {
  const names = (written ?? FOLLOWED).flatMap(text => text.split(',')).map(name => name.trim());
  const unknown = names.find(name => !FOLLOWED.includes(name as Followed));
  if (unknown !== undefined) throw new UsageError(`--only names '${unknown}'; known: ${listed(FOLLOWED)}`);
  return new Set(names as Followed[]);
}

const KIND: Readonly<Record<Followed, string>> = {instructions: '', exits: 'switch', interrupts: 'interrupt', faults: 'event'};

function line({kind, instruction, eip, ring, text}: Step): string {
  return `${String(instruction).padStart(10)}  ${ring}  ${eip.toString(16).padStart(8, '0')}  ${KIND[kind].padEnd(9)}  ${text}\n`;
}
