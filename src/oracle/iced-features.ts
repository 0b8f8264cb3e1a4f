// The part of the instruction set that the model has, in iced-x86's CPUID feature names: an instruction iced knows and we call
// undefined must need a feature that is not here.
import {CpuidFeature, type Instruction as Iced} from 'iced-x86';

const MODELLED: ReadonlySet<number> = new Set([
  CpuidFeature.INTEL8086, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386, CpuidFeature.INTEL486, CpuidFeature.CPUID,
  CpuidFeature.TSC, CpuidFeature.MSR, CpuidFeature.RDPMC, CpuidFeature.CX8, CpuidFeature.CMOV, CpuidFeature.MULTIBYTENOP, CpuidFeature.FPU,
  CpuidFeature.FPU287, CpuidFeature.FPU387,
]);

/** Features of an instruction that the model does not have. */
export const missingFeatures = (instruction: Iced): string[] =>
  [...instruction.cpuidFeatures()].filter(feature => !MODELLED.has(feature)).map(feature => CpuidFeature[feature]);

export const modelledFeatures = (): string[] => [...MODELLED].map(feature => CpuidFeature[feature]);
