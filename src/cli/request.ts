// From configuration and flags to what a run is asked to do: a flag replaces the configuration's axis or value whole.
import {resolve} from 'node:path';
import {DEFAULT_FORMATS} from '../report/format-names.ts';
import type {ReportFormat} from '../report/format-names.ts';
import type {Config} from '../lab/config.ts';
import {checkImage} from '../lab/image-check.ts';
import type {PlanRequest} from '../lab/plan.ts';
import {DEFAULT_MEMORY_MIB, readBootFileFlags, readCard, readClock, readDisk, readFormats, readNetwork, readParamFlags, readWholeNumber} from './flags.ts';
import type {WrittenFlags} from './flags.ts';

const ANY = Number.MAX_SAFE_INTEGER;

/** What was written, and where. */
export interface Given {
  readonly workloads: readonly string[];
  readonly flags: WrittenFlags;
  readonly config: Config;
  readonly cwd: string;
}

/** @throws UsageError for a flag's value that cannot be read */
export function planRequest({workloads, flags, config, cwd}: Given): PlanRequest {
  const images = imagesNamed(workloads, flags);
  const named = images.length > 0;
  return {
    workloads: named ? images : config.workloads,
    base: named ? cwd : config.workloadsBase,
    techniques: flags.technique ?? config.techniques,
    hosts: flags.host ?? config.hosts,
    clock: flags.clock === undefined ? config.clock : readClock(flags.clock),
    samples: given(flags.samples, '--samples', [0, 1e6]) ?? config.samples,
    maxInstructions: given(flags.maxInstructions, '--max-instructions', [1, ANY]) ?? config.maxInstructions,
    params: flags.param ? readParamFlags(flags.param) : config.params,
    memoryMiB: given(flags.memory, '--memory', [4, 2048]) ?? DEFAULT_MEMORY_MIB,
    append: (flags.append ?? []).join(' '),
    files: readBootFileFlags(flags, cwd),
    bootsDisk: named ? undefined : flags.disk,
    keys: flags.keys,
    ...readDisk(flags, cwd),
    ...readNetwork(flags.net),
    ...readCard(flags),
    checkImage,
  };
}

/** `--kernel FILE` is an image like one named as an argument, even where its name could be a workload's. */
function imagesNamed(workloads: readonly string[], {kernel}: WrittenFlags): readonly string[] {
  if (kernel === undefined) return workloads;
  return [...workloads, /[/\\]/.test(kernel) ? kernel : `./${kernel}`];
}

function given(written: string | undefined, flag: string, bounds: readonly [number, number]): number | null {
  return written === undefined ? null : readWholeNumber(flag, written, bounds);
}

/** Worker threads at most, or null for as many as there are processors. */
export function jobsOf({flags, config}: Given): number | null {
  return given(flags.jobs, '--jobs', [1, 1024]) ?? config.jobs;
}

export interface ReportRequest {
  readonly folder: string;
  readonly formats: readonly ReportFormat[];
}

/** Where reports go; null when none are wanted: `--json` writes none unless `--out` says where. */
export function reportRequest({flags, config, cwd}: Given): ReportRequest | null {
  const formats = flags.format
    ? readFormats(flags.format, '--format')
    : readFormats(config.formats ?? DEFAULT_FORMATS, `configuration ${config.file ?? ''}`.trim());
  if (flags.out !== undefined) return {folder: resolve(cwd, flags.out), formats};
  return flags.json ? null : {folder: config.out, formats};
}
