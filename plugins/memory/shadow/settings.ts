// The options of shadow paging, and what the policy decides where an option is not given.
import {oneOf, onOff, options} from 'worldswitch';
import type {OptionValue, Vmm} from 'worldswitch';

export type Policy = 'virtual-tlb' | 'traced' | 'unsync';

export interface Settings {
  readonly policy: Policy;
  /** A trapped write tears its shadow entry out instead of bringing it up to date. */
  readonly zapOnWrite: boolean;
  /** Not-present faults of the guest's own go to it without an exit. */
  readonly bypass: boolean;
  readonly pae: boolean;
  /** Address spaces whose shadows are kept. */
  readonly roots: number;
  /** Trapped writes in a row after which a shadow page is let go; 0 = never. */
  readonly flood: number;
  /** Most shadow pages. */
  readonly limit: number;
  /** Shadow entries made at a time, aligned; 1 = no neighbours. */
  readonly prefetch: number;
}

/** Fewest shadow pages that work: two address spaces' directories and what one instruction touches. */
const FEWEST_PAGES = 24;
const FEWEST_KVM_PAGES = 64;
/** KVM gives its shadow one page for every 50 of the guest. */
const KVM_SHARE = 50;
const MOST = 1 << 20;

/** A number within bounds, or the word that leaves the choice to the policy. */
const numberOr = (word: string, low: number, high: number) => ({
  default: word,
  read: (written: unknown): string | {readonly allowed: string} => {
    const text = String(written);
    const value = Number(text);
    return text === word || (/^\d+$/.test(text) && value >= low && value <= high) ? text.replace(/^0+(?=\d)/, '') : {allowed: `${word}, or a whole number from ${low} to ${high}`};
  },
});

const BY_POLICY = 'policy';

export const SHADOW_OPTIONS = options({
  policy: oneOf(['traced', 'unsync', 'virtual-tlb']), write: oneOf(['update', 'zap']), tables: oneOf([BY_POLICY, 'two-level', 'pae']), bypass: onOff(false),
  roots: numberOr('all', 1, MOST), flood: numberOr(BY_POLICY, 0, MOST), limit: numberOr(BY_POLICY, FEWEST_PAGES, MOST), prefetch: numberOr(BY_POLICY, 1, 512),
});

/** Options that do not go together: the reason, or null. */
export function clash(chosen: Readonly<Record<string, OptionValue>>): string | null {
  if (chosen['bypass'] !== true) return null;
  if (chosen['tables'] === 'two-level') return 'needs reserved bits for bypass, which entries of two-level tables do not have';
  return chosen['policy'] === 'virtual-tlb' ? 'needs to see writes of tables for bypass, which policy=virtual-tlb does without' : null;
}

/** Why: bypass needs a reserved bit to tell entries apart, which entries of two-level tables do not have; and an error-code filter. */
export function settingsOf(chosen: Readonly<Record<string, OptionValue>>, vmm: Vmm): Settings {
  const kvm = chosen['policy'] === 'unsync';
  const bypass = chosen['bypass'] === true;
  if (bypass && vmm.platform.host.features.vendor === 'amd') {
    throw new Error('shadow[bypass] needs the page-fault error-code filter of VT-x, which AMD-V does not have');
  }
  const number = (name: string, otherwise: number): number => (/^\d+$/.test(String(chosen[name])) ? Number(chosen[name]) : otherwise);
  return {
    policy: chosen['policy'] as Policy,
    zapOnWrite: chosen['write'] === 'zap',
    bypass,
    pae: chosen['tables'] === 'pae' || bypass || (kvm && chosen['tables'] === BY_POLICY),
    roots: number('roots', Infinity),
    flood: number('flood', 3),
    limit: number('limit', kvm ? Math.max(FEWEST_KVM_PAGES, Math.floor(vmm.guest.frames / KVM_SHARE)) : Infinity),
    prefetch: number('prefetch', kvm ? 8 : 1),
  };
}
