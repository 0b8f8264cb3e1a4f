// The result document, version 1: what `--json` prints, `reports/latest.json` holds and every report writer reads.
// Scripts depend on these names; later versions add, they do not rename.
import type {Category, Context, Grade, Kind} from '../ledger/context.ts';

export const SCHEMA_VERSION = 1;

export const OUTCOMES = ['completed', 'triple-fault', 'deadlock', 'budget', 'refused', 'error'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type GuestClock = 'cycles' | 'instructions';

/** One run of a matrix of cells. Timestamps live only in `environment`. */
export interface RunResult {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  /** False when the run was interrupted: `cells` then holds those that had ended. */
  readonly complete: boolean;
  readonly environment: Environment;
  /** Of an interrupted run: what `--resume` must find again. Absent where the run is complete. */
  readonly plan?: PlanIdentity;
  readonly cells: readonly CellResult[];
}

export interface PlanIdentity {
  readonly cells: number;
  /** Of everything that decides a result: cells, images, costs, version. */
  readonly digest: string;
}

/** This computer and this moment: nothing in here takes part in a comparison of exact figures. */
export interface Environment {
  readonly worldswitch: string;
  readonly node: string;
  readonly platform: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly elapsedMs: number;
  readonly command: readonly string[];
  /** What the model leaves out; every report states these. */
  readonly simplifications: readonly string[];
}

export interface TechniqueName {
  /** Canonical: `cpu+memory+io@architecture` with options sorted and defaults dropped, or `native`. */
  readonly name: string;
  readonly cpu: string;
  readonly memory: string | null;
  readonly io: string | null;
  readonly architecture: string | null;
}

/** One edge between two contexts, counted in the measured region. */
export interface SwitchCount {
  readonly from: Context;
  readonly to: Context;
  readonly kind: Kind;
  readonly reason: string;
  readonly detail: string;
  readonly count: number;
}

/** One named cost: `count * unitCost` modelled cycles in the measured region. */
export interface EventCount {
  readonly name: string;
  readonly category: Category;
  readonly count: number;
  readonly unitCost: number;
  readonly grade: Grade;
}

/** Figures per marker-3 operation of the measured region. */
export interface PerOperation {
  readonly operations: number;
  readonly instructions: number;
  readonly cycles: number;
  /** Edges out of guest-user and guest-kernel to any other context. */
  readonly exits: number;
  /** All edges. */
  readonly switches: number;
}

/** An instruction that is sensitive but unprivileged (Robin and Irvine 2000), in the guest's kernel over the whole run. */
export interface SensitiveInstruction {
  readonly instruction: string;
  readonly executed: number;
  /** Carried out by the VMM. */
  readonly trapped: number;
  /** Ran silently and showed the VMM's state or lost an effect. */
  readonly differing: number;
  /** Where it first differed: number of the instruction, EIP. */
  readonly first: {readonly instruction: number; readonly eip: number; readonly disassembly: string} | null;
}

export interface Equivalence {
  readonly verdict: 'equivalent' | 'not-equivalent' | 'not-checked';
  readonly clock: GuestClock | null;
  /** What was compared, or the first divergence: instruction, address, disassembly, values on both sides. */
  readonly detail: string;
}

/** Wall-clock of this computer for one simulation of the guest. */
export interface Measured {
  readonly samples: number;
  readonly meanMs: number;
  readonly p99Ms: number;
  /** Half of the mean's 95% confidence interval, in per cent of the mean. */
  readonly rme: number;
  /** Single samples, evenly drawn where there are more than a thousand. Absent in documents of before they were kept. */
  readonly samplesMs?: readonly number[];
}

export interface CellResult {
  readonly workload: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly technique: TechniqueName;
  readonly host: string;
  readonly clock: GuestClock;
  readonly outcome: Outcome;
  /** Why, when the outcome is not `completed`. */
  readonly reason?: string;
  readonly exitCode: number | null;
  /** COM1 and port 0xE9 in order of output, bytes as Latin-1; the screen's text where the guest printed nothing there. */
  readonly console: string;
  /** The screen in text mode at the end, lines without trailing blanks, of a guest that printed nothing on its console. Absent when there is none. */
  readonly screen?: string;
  readonly instructions: {
    readonly total: number; readonly region: number; readonly direct: number; readonly emulated: number;
    readonly hardware: number; readonly repIterations: number;
  };
  readonly cycles: {readonly total: number; readonly region: number; readonly byCategory: Readonly<Record<Category, number>>};
  readonly switches: readonly SwitchCount[];
  readonly events: readonly EventCount[];
  /** How much the guest looked at time: where any is above zero, recosting is an estimate. */
  readonly feedback: {readonly timerInterrupts: number; readonly rdtsc: number; readonly idleCycles: number; readonly deviceWaits: number};
  readonly perOperation: PerOperation | null;
  readonly claimsEquivalence: boolean;
  readonly equivalence: Equivalence;
  readonly measured: Measured | null;
  /** Strategies' own statistics (true faults, shadow pages...): name to whole count. Absent when there are none. */
  readonly statistics?: Readonly<Record<string, number>>;
  /** Sensitive unprivileged instructions that occurred, where the technique moves the guest's kernel out of its ring. Absent elsewhere. */
  readonly audit?: readonly SensitiveInstruction[];
  /** Things worth knowing about this cell: an end marker without a begin, a lossy trail. Absent when there are none. */
  readonly notes?: readonly string[];
}
