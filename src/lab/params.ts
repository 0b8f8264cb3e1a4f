// Parameters of workloads: what was given is applied to every workload that declares it and checked against its range.
import type {WorkloadDefinition, ParameterDefinition} from './workload.ts';
import type {Params, SweptParams} from './spec.ts';
import {UsageError, listed} from './usage-error.ts';

/** @throws UsageError for a parameter that no chosen workload declares */
export function checkKnown(given: SweptParams, workloads: readonly WorkloadDefinition[]): void {
  for (const name of Object.keys(given)) {
    if (workloads.some(workload => Object.hasOwn(workload.parameters, name))) continue;
    const known = new Set(workloads.flatMap(workload => Object.keys(workload.parameters)));
    throw new UsageError(`no chosen workload has a parameter '${name}'; known: ${listed(known)}`);
  }
}

/**
 * Every parameter of `workload`, in order of name, given or default.
 * @throws UsageError naming workload, parameter, value and range
 */
export function readParams(workload: WorkloadDefinition, given: Params): Params {
  const names = Object.keys(workload.parameters).toSorted();
  return Object.fromEntries(names.map(name => {
    const parameter = workload.parameters[name];
    const value = Object.hasOwn(given, name) ? read(parameter, given[name]) : parameter.default;
    if (value !== null) return [name, value];
    throw new UsageError(`parameter '${name}' of workload '${workload.name}' is '${given[name]}'; it must be ${accepted(parameter)}`);
  }));
}

function read(parameter: ParameterDefinition, written: string | number): string | number | null {
  if (parameter.kind === 'choice') return parameter.values.find(value => value === String(written)) ?? null;
  const value = typeof written === 'number' ? written : wholeNumber(written);
  return Number.isInteger(value) && value >= parameter.min && value <= parameter.max ? value : null;
}

const wholeNumber = (text: string): number => (/^-?\d+$/.test(text) ? Number(text) : Number.NaN);

function accepted(parameter: ParameterDefinition): string {
  return parameter.kind === 'choice'
    ? `one of ${listed(parameter.values)}`
    : `a whole number from ${parameter.min} to ${parameter.max}`;
}

/** Every combination of the values of what `workload` declares, in the order given. */
export function combinations(workload: WorkloadDefinition, given: SweptParams): readonly Params[] {
  const declared = Object.entries(given).filter(([name]) => Object.hasOwn(workload.parameters, name));
  return declared.reduce<readonly Params[]>((all, [name, values]) => all.flatMap(params => [values].flat().map(value => ({...params, [name]: value}))), [{}]);
}

/** `name[a=1,b=x]` with defaults dropped: the workload's part of a cell's key. */
export function workloadKey(workload: WorkloadDefinition, params: Params): string {
  const words = Object.entries(params)
    .filter(([name, value]) => value !== workload.parameters[name]?.default)
    .map(([name, value]) => `${name}=${value}`);
  return words.length > 0 ? `${workload.name}[${words.join(',')}]` : workload.name;
}
