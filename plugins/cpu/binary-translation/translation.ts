// One translation: what the translator made of the guest's code at one address, and where in the cache it lies.

/** A linear page of the guest and the frame that it was mapped to when its code was read. */
export interface CodePage {
  readonly linear: number;
  readonly frame: number;
}

export interface Translation {
  readonly eip: number;
  /** Guest instructions in it. */
  readonly instructions: number;
  /** Linear address in the cache, and bytes. */
  readonly start: number;
  readonly size: number;
  /** The pages it was read from, and the stretch of the first and of the second one. */
  readonly pages: readonly CodePage[];
  readonly first: number;
  readonly last: number;
  /** Offset in the cache of each guest instruction, by EIP. */
  readonly places: ReadonlyMap<number, number>;
  readonly space: CodeSpace;
  valid: boolean;
}

/** What translations depend on beside the address: the guest's code segment and ring. Each has its own translations. */
export interface CodeSpace {
  readonly selector: number;
  readonly base: number;
  readonly limit: number;
  readonly ring: number;
  readonly translations: Map<number, Translation>;
}
