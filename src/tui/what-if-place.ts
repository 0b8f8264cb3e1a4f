// The sliders of the what-if view: which cost is under the cursor, and by what each changed cost is multiplied.

export interface WhatIf {
  readonly selected: number;
  /** By cost; a cost not named stays as the host's profile has it. */
  readonly factors: Readonly<Record<string, number>>;
}

export const NO_CHANGE: WhatIf = {selected: 0, factors: {}};

/** What a slider can stand at. */
export const FACTORS = [0, 0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4, 6, 10] as const;

export const factorOf = (whatIf: WhatIf, cost: string): number => whatIf.factors[cost] ?? 1;

/** `cost` one step lower (-1) or higher (1), or back to what it is (0). */
export function stepCost(whatIf: WhatIf, cost: string, step: number): WhatIf {
  const at = FACTORS.indexOf(factorOf(whatIf, cost) as (typeof FACTORS)[number]);
  const next = step === 0 ? 1 : FACTORS[Math.max(0, Math.min(FACTORS.length - 1, at + step))];
  const {[cost]: _, ...others} = whatIf.factors;
  return {...whatIf, factors: next === 1 ? others : {...others, [cost]: next}};
}
