// What CPUID says: exactly what is implemented. Intel SDM vol. 2, CPUID, tables 3-8 to 3-11.

export interface CpuidLeaf {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

const FEATURE_DE = 1 << 2, FEATURE_PSE = 1 << 3, FEATURE_TSC = 1 << 4, FEATURE_MSR = 1 << 5, FEATURE_PAE = 1 << 6, FEATURE_CX8 = 1 << 8, FEATURE_APIC = 1 << 9;
const FEATURE_SEP = 1 << 11, FEATURE_PGE = 1 << 13, FEATURE_CMOV = 1 << 15;

/** Family 6, model 8, stepping 1: an i686 without a coprocessor. */
const SIGNATURE = 0x681;

const text = (four: string): number => [0, 1, 2, 3].reduce((word, at) => word | (four.charCodeAt(at) << (8 * at)), 0);

const LEAVES: readonly CpuidLeaf[] = [
  {eax: 1, ebx: text('Genu'), ecx: text('ntel'), edx: text('ineI')},
  {eax: SIGNATURE, ebx: 0, ecx: 0, edx: FEATURE_DE | FEATURE_PSE | FEATURE_TSC | FEATURE_MSR | FEATURE_PAE | FEATURE_CX8 | FEATURE_SEP | FEATURE_PGE | FEATURE_CMOV},
];

/** Leaves beyond the last are answered like the last basic one. `apic`: the local APIC is there and not switched off by IA32_APIC_BASE. */
export function cpuidLeaf(leaf: number, apic: boolean): CpuidLeaf {
  const found = withoutApic(leaf >>> 0);
  return apic && found === LEAVES[1] ? {...found, edx: found.edx | FEATURE_APIC} : found;
}

function withoutApic(index: number): CpuidLeaf {
  return LEAVES[index] ?? (index === 0x8000_0000 ? {eax: 0x8000_0000 | 0, ebx: 0, ecx: 0, edx: 0} : LEAVES[1]);
}
