// The techniques and hosts that published comparisons are about, by the names the lab has for them.

export const NATIVE = 'native';
/** First-generation hardware assistance: no nested paging. */
export const VTX = 'hardware-assisted+shadow';
export const EPT = 'hardware-assisted+nested';
export const BT = 'binary-translation+shadow';
/**
 * VMware Workstation 3.2 in [XEN03]. Why a virtual TLB: a switch between two of its guest's address spaces took 41,600 cycles more than
 * native, which is some thirty hidden faults. The policy is chosen by that figure (claim 16, calibrated).
 */
export const HOSTED_BT = 'binary-translation+shadow[policy=virtual-tlb]+emulated@hosted';
export const PV = 'paravirtual+direct-paging';
export const XEN_PV = 'paravirtual+direct-paging+xen-ring@hybrid';
export const RING_COMPRESSION = 'trap-and-emulate+shadow';
export const INTERPRETER = 'interpretation+software-mmu@hosted';

/** The host of Adams and Agesen's measurements, and the nearest one to the Xeon of Barham et al. */
export const PENTIUM4 = 'pentium4-2005';
export const CORE2 = 'core2-2007';
export const NEHALEM = 'nehalem-2009';
export const SKYLAKE = 'skylake-2016';
/** Every TLB miss walks from the top. */
export const WITHOUT_WALK_CACHES = 'nehalem-2009[walk-caches=off]';
