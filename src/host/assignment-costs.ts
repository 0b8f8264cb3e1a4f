// What giving a device to a guest costs on each host: the tables of the IOMMU, what it must forget, and the device's interrupts, which are the
// host's. The one publication that takes these apart measured another processor.
import type {CostName} from './costs.ts';
import {estimated} from './figure.ts';
import type {Figure} from './profile.ts';

export type AssignmentCost = Extract<CostName, 'iommu_map' | 'iommu_invalidate' | 'interrupt_forward'>;
type Assignment = Readonly<Record<AssignmentCost, Figure>>;

const ON_CORE: Pick<Assignment, 'iommu_map' | 'iommu_invalidate'> = {
  iommu_map: estimated(590, 'the 588 cycles of a page-table update in [RIOMMU15] table 1, on a Xeon E3 of 2011'),
  iommu_invalidate: estimated(2100, 'the 2127 cycles of an IOTLB invalidation, strict mode, in [RIOMMU15] table 1, on a Xeon E3 of 2011'),
};

/** Never charged: these machines have no IOMMU. */
export const PENTIUM4_ASSIGNMENT: Assignment = {
  ...ON_CORE,
  interrupt_forward: estimated(3000, 'twice nehalem-2009, as its other software paths'),
};
export const CORE2_ASSIGNMENT: Assignment = {
  ...ON_CORE,
  interrupt_forward: estimated(2000, 'between pentium4-2005 and nehalem-2009'),
};

export const NEHALEM_ASSIGNMENT: Assignment = {
  ...ON_CORE,
  interrupt_forward: estimated(1500, 'a gate and its return, an acknowledge at the host\'s controller, a look-up of the guest and a wake-up; as port_emulation'),
};
export const SKYLAKE_ASSIGNMENT: Assignment = {
  ...ON_CORE,
  interrupt_forward: estimated(1100, 'scaled from nehalem-2009 as its other software paths'),
};
export const ZEN_ASSIGNMENT: Assignment = {
  ...ON_CORE,
  interrupt_forward: estimated(1100, 'as skylake-2016'),
};
