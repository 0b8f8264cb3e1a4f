// Flags of `run` as commander hands them over, and the values they stand for. Each takes one value and may repeat; where
// only one value makes sense the last one counts.
import {resolve} from 'node:path';
import {checkDiskFile} from '../lab/disk-file.ts';
import {REPORT_FORMATS} from '../report/format-names.ts';
import type {ReportFormat} from '../report/format-names.ts';
import type {GuestClock} from '../lab/result.ts';
import {NETWORK_CARDS, NETWORK_PEERS} from '../lab/spec.ts';
import type {BootFiles, SweptParams, SpecCard, SpecDisk, SpecNetwork} from '../lab/spec.ts';
import {UsageError, listed} from '../lab/usage-error.ts';

export interface WrittenFlags {
  readonly technique?: readonly string[];
  readonly host?: readonly string[];
  readonly clock?: string;
  readonly samples?: string;
  readonly maxInstructions?: string;
  readonly param?: readonly string[];
  readonly append?: readonly string[];
  readonly kernel?: string;
  readonly initrd?: string;
  readonly keys?: string;
  readonly module?: readonly string[];
  readonly memory?: string;
  readonly disk?: string;
  readonly diskWrite?: boolean;
  readonly net?: string;
  readonly card?: string;
  readonly jobs?: string;
  readonly config?: string;
  readonly out?: string;
  readonly format?: readonly string[];
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly resume?: boolean;
}

/** @throws UsageError when the file is no raw disk image, or there is none to write to */
export function readDisk({disk, diskWrite = false}: WrittenFlags, cwd: string): {readonly disk?: SpecDisk} {
  if (disk === undefined && diskWrite) throw new UsageError('--disk-write is given without --disk; name the disk image');
  if (disk === undefined) return {};
  const file = resolve(cwd, disk);
  checkDiskFile(file, diskWrite);
  return {disk: {file, keep: diskWrite}};
}

/** @throws UsageError */
export function readNetwork(written: string | undefined): {readonly network?: SpecNetwork} {
  const network = NETWORK_PEERS.find(name => name === written);
  if (written !== undefined && !network) throw new UsageError(`--net is '${written}'; it must be one of ${listed(NETWORK_PEERS)}`);
  return network ? {network} : {};
}

/** `--module FILE` or `--module FILE=arguments`: an argument may hold further equals signs, a file's name none. */
export function readBootFileFlags({module = [], initrd}: WrittenFlags, cwd: string): BootFiles | undefined {
  if (module.length === 0 && initrd === undefined) return undefined;
  const modules = module.map(text => {
    const equals = text.indexOf('=');
    const file = equals < 0 ? text : text.slice(0, equals);
    // Why the name too: a boot loader puts the file first, as the name of a program stands before its arguments.
    return {file: resolve(cwd, file), commandLine: equals < 0 ? file : `${file} ${text.slice(equals + 1)}`};
  });
  return {modules, initrd: initrd === undefined ? null : resolve(cwd, initrd)};
}

/** @throws UsageError */
export function readCard({net, card: written}: WrittenFlags): {readonly card?: SpecCard} {
  const card = NETWORK_CARDS.find(name => name === written);
  if (written !== undefined && !card) throw new UsageError(`--card is '${written}'; it must be one of ${listed(NETWORK_CARDS)}`);
  if (card && net === undefined) throw new UsageError('--card is given without --net; say who is at the other end of the network');
  return card ? {card} : {};
}

export const DEFAULT_MEMORY_MIB = 64;
const CLOCKS: readonly GuestClock[] = ['cycles', 'instructions'];

/** @throws UsageError */
export function readClock(written: string): GuestClock {
  const clock = CLOCKS.find(name => name === written);
  if (!clock) throw new UsageError(`--clock is '${written}'; it must be ${CLOCKS.join(' or ')}`);
  return clock;
}

/**
 * A whole number within bounds, both included; `1e9` is understood.
 * @throws UsageError
 */
export function readWholeNumber(flag: string, written: string, [low, high]: readonly [number, number]): number {
  const value = /^\d+(?:e\d+)?$/i.test(written) ? Number(written) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
  const range = high === Number.MAX_SAFE_INTEGER ? `of ${low} or more` : `from ${low} to ${high}`;
  throw new UsageError(`${flag} is '${written}'; it must be a whole number ${range}`);
}

/** A name given several times is swept over its values. @throws UsageError for anything but `name=value` */
export function readParamFlags(written: readonly string[]): SweptParams {
  const pairs = written.map(text => {
    const equals = text.indexOf('=');
    if (equals < 1) throw new UsageError(`--param is '${text}'; it must be name=value`);
    return [text.slice(0, equals), text.slice(equals + 1)] as const;
  });
  return Object.fromEntries([...Map.groupBy(pairs, ([name]) => name)].map(([name, same]) => [name, same.length === 1 ? same[0][1] : same.map(([, value]) => value)]));
}

/** @throws UsageError for a format there is no writer for */
export function readFormats(written: readonly string[], source: string): readonly ReportFormat[] {
  const names = written.flatMap(text => text.split(',')).map(name => name.trim());
  const unknown = names.find(name => !REPORT_FORMATS.includes(name as ReportFormat));
  if (unknown !== undefined) throw new UsageError(`${source} names the format '${unknown}'; known: ${listed(REPORT_FORMATS)}`);
  return [...new Set(names as ReportFormat[])];
}
