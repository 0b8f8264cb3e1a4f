// One cell named on the command line, `WORKLOAD:TECHNIQUE:HOST` in any order, for commands that run it.
import {findHost} from '../host/catalogue.ts';
import {HostError} from '../host/host-error.ts';
import type {Catalogue} from '../lab/catalogue.ts';
import {planCells, type PlanRequest} from '../lab/plan.ts';
import {resolveTechnique} from '../lab/presets.ts';
import type {CellSpec} from '../lab/spec.ts';
import {UsageError} from '../lab/usage-error.ts';

function isHost(part: string): boolean {
  try {
    return findHost(part).name !== '';
  } catch (error) {
    if (error instanceof HostError) return false;
    throw error;
  }
}

function isTechnique(part: string, {plugins}: Catalogue): boolean {
  if (part.includes('+')) return true;
  try {
    return resolveTechnique(part, plugins).name !== '';
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

interface Named {
  readonly workloads: string[];
  readonly techniques: string[];
  readonly hosts: string[];
}

function sorted(written: string, catalogue: Catalogue): Named {
  const named: Named = {workloads: [], techniques: [], hosts: []};
  for (const part of written.split(written.includes('|') ? '|' : ':').map(each => each.trim()).filter(each => each !== '')) {
    const isWorkload = catalogue.workloads.has(part);
    const axis = isWorkload ? 'workloads' : isHost(part) ? 'hosts' : isTechnique(part, catalogue) ? 'techniques' : 'workloads';
    named[axis].push(part);
  }
  return named;
}

/**
 * The one cell that is meant; a host may be left out where the configuration names one that takes the technique.
 * @throws UsageError for an unknown name, several of an axis, or a combination that is refused
 */
export function namedCell(written: string, request: PlanRequest, catalogue: Catalogue): CellSpec {
  const {workloads, techniques, hosts} = sorted(written, catalogue);
  for (const [axis, names] of [['workload', workloads], ['technique', techniques], ['host', hosts]] as const) {
    if (names.length > 1) throw new UsageError(`'${written}' names ${names.length} ${axis}s, ${names.join(' and ')}; a cell has one`);
  }
  if (workloads.length === 0 || techniques.length === 0) {
    throw new UsageError(`'${written}' names no ${workloads.length === 0 ? 'workload' : 'technique'}; a cell is WORKLOAD:TECHNIQUE:HOST, such as syscall:native:nehalem-2009`);
  }
  const plan = planCells({...request, workloads, techniques, hosts: hosts.length > 0 ? hosts : request.hosts}, catalogue);
  return plan.filter(({refusal}) => refusal === null).at(-1)!.spec;
}
