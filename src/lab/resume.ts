// Going on with an interrupted run: what identifies its plan, and the cells that need not run again.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {findHost} from '../host/catalogue.ts';
import {price} from '../host/price.ts';
import {environment} from './environment.ts';
import {ownVersion} from './own-files.ts';
import type {PlannedCell} from './plan.ts';
import type {CellResult, PlanIdentity, RunResult} from './result.ts';
import type {CellSpec} from './spec.ts';
import {UsageError} from './usage-error.ts';

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** Measured time of two computers must not stand in one report. */
function computer(): object {
  const {cpuModel, cpuCount, platform, node} = environment({startedAt: new Date(0), elapsedMs: 0, command: []});
  return {cpuModel, cpuCount, platform, node};
}

function imageDigest({image}: CellSpec): string | null {
  try {
    return image === null ? null : sha256(readFileSync(image));
  } catch {
    return null;
  }
}

/** The same for two plans exactly when a cell of one is what it would be in the other. */
export function identityOf(plan: readonly PlannedCell[]): PlanIdentity {
  const hosts = [...new Set(plan.map(({spec}) => spec.host))];
  const measured = plan.some(({spec}) => spec.samples > 0);
  return {cells: plan.length, digest: sha256(JSON.stringify([
    ownVersion(), hosts.map(host => [host, [...price(findHost(host)).units]]), measured ? computer() : null,
    plan.map(({spec, refusal}) => [spec, imageDigest(spec), refusal]),
  ]))};
}

type Named = Pick<CellResult, 'workload' | 'params' | 'host'> & {readonly technique: {readonly name: string}};

const keyOf = ({workload, params, technique, host}: Named): string =>
  JSON.stringify([workload, Object.entries(params).map(([name, value]) => `${name}=${value}`).toSorted(), technique.name, host]);

/**
 * Results of `before` by number of the plan's cell.
 * @throws UsageError when there is nothing to go on with, or the plan is another
 */
export function keptCells(plan: readonly PlannedCell[], before: RunResult, file: string): ReadonlyMap<number, CellResult> {
  if (before.complete) throw new UsageError(`${file} is complete, so there is nothing to resume; run without --resume`);
  const {cells, digest} = identityOf(plan);
  if (!before.plan) throw new UsageError(`${file} does not say what its run was to be, so it cannot be resumed; run without --resume`);
  if (before.plan.digest !== digest) {
    const sizes = before.plan.cells === cells ? 'its cells, costs, images or version are others'
      : `it was ${before.plan.cells} cells, this is ${cells}`;
    throw new UsageError(`the interrupted run in ${file} was another than this one (${sizes}); give the same command and configuration, or run without --resume`);
  }
  const results = new Map(before.cells.map(cell => [keyOf(cell), cell]));
  return new Map(plan.flatMap(({spec, refusal}, at) => {
    const known = refusal === null ? results.get(keyOf(spec)) : undefined;
    return known ? [[at, known] as const] : [];
  }));
}
