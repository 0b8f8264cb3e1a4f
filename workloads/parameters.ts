// The parameters that every workload has. The kernel reads `timer` and `isolation`, the workload `operations`.
import type {ParameterDefinition} from 'worldswitch';

/** How often the measured operation is done. */
export const operations = (usual: number, max: number): ParameterDefinition => ({
  kind: 'number', default: usual, min: 1, max, meaning: 'operations in the measured region',
});

/** Divisor of the 8254's 1193182 Hz for the kernel's tick. */
export const timer = (usual: number): ParameterDefinition => ({
  kind: 'number', default: usual, min: 0, max: 65535, meaning: 'timer divisor: ticks come at 1193182 Hz divided by this; 0 turns them off',
});

/** Two directories for each process, for kernels that hide themselves from what runs in ring 3. */
export const isolation: ParameterDefinition = {
  kind: 'choice', default: 'off', values: ['off', 'on'],
  meaning: 'page-table isolation: CR3 is loaded at every entry of the kernel from ring 3 and every way back; native build only',
};
