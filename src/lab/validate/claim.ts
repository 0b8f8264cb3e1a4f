// A published claim and how it is measured: which cells are run and which figure is taken from their results. A claim is data
// and functions of results; no measured value stands in it.
import type {CellResult} from '../result.ts';
import type {BootFiles, Params} from '../spec.ts';
import type {Band} from './band.ts';

/** C an exact count, R a ratio of cycles, Q an ordering. */
export const CLAIM_KINDS = ['C', 'R', 'Q'] as const;
export type ClaimKind = (typeof CLAIM_KINDS)[number];

/** A cell as the command line would name it; parameters left out take their defaults. */
export interface ClaimCell {
  readonly workload: string;
  readonly technique: string;
  readonly host: string;
  readonly params?: Params;
  /** For a workload that is an image by path. */
  readonly append?: string;
  readonly files?: BootFiles;
}

export type CellsOf<Name extends string> = Readonly<Record<Name, CellResult>>;

/** One figure of a claim. */
export interface Quantity {
  /** What is measured, in a few words. */
  readonly name: string;
  /** What the publication says, as it is printed. */
  readonly published: string;
  readonly band: Band;
  /** A cost of a host profile was set from this figure, so that its agreement confirms nothing. */
  readonly calibrated: boolean;
  readonly cells: Readonly<Record<string, ClaimCell>>;
  readonly measure: (results: CellsOf<string>) => number;
  /** Why the model's figure is another, where it is known to be; shown while it lies outside the band. */
  readonly differs?: string;
}

/** A figure that cannot be measured yet. */
export interface Awaited {
  readonly name: string;
  readonly published: string;
  readonly calibrated: boolean;
  /** What the model lacks for it. */
  readonly awaits: string;
}

export interface Claim {
  /** As numbered in the list of claims; a suffix marks a claim that was split. */
  readonly number: string;
  readonly kind: ClaimKind;
  readonly text: string;
  /** Publications by their keys in host/sources.ts, in brackets. */
  readonly source: string;
  readonly quantities: ReadonlyArray<Quantity | Awaited>;
}

interface Draft<Name extends string> {
  readonly published: string;
  readonly band: Band;
  readonly calibrated?: boolean;
  readonly cells: Readonly<Record<Name, ClaimCell>>;
  readonly measure: (results: CellsOf<Name>) => number;
  readonly differs?: string | undefined;
}

/** Ties the names of the cells to those the measuring function takes. */
export function quantity<Name extends string>(name: string, {published, band, calibrated = false, cells, measure, differs}: Draft<Name>): Quantity {
  return {name, published, band, calibrated, cells, measure, ...(differs ? {differs} : {})};
}

/** @param calibrated whether a cost has been set from it all the same */
export const awaited = (name: string, published: string, awaits: string, calibrated = false): Awaited => ({name, published, calibrated, awaits});

export const isMeasurable = (part: Quantity | Awaited): part is Quantity => 'measure' in part;
