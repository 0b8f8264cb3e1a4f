// What stands behind a device on each host: domain switches, back ends, the host's own drivers. Few of these were ever published for a
// processor named here; the arithmetic leans on those that were.
import type {CostName} from './costs.ts';
import {derived, estimated, remembered} from './figure.ts';
import type {Figure} from './profile.ts';

export type BackEndCost = Extract<CostName, 'domain_switch' | 'back_end_notify' | 'back_end_request' | 'disk_request' | 'packet' | 'grant_map' | 'grant_unmap'
  | 'grant_copy' | 'copy_kib'>;
type BackEnd = Readonly<Record<BackEndCost, Figure>>;

export const PENTIUM4_BACK_END: BackEnd = {
  domain_switch: estimated(12_000, 'somewhat above the 10,534 of [DALL16] on a later processor'),
  back_end_notify: estimated(1500, 'a system call and a wake-up; three null calls of [XEN03] table 3'),
  back_end_request: estimated(800, 'ring indices, one descriptor chain and its completion'),
  disk_request: estimated(12_000, 'a read through block layer and driver; of the order of the packet below'),
  packet: derived(16_640, '[SUG01] table 2, the host\'s networking for one packet sent, 22.7 us at 733 MHz: 22.7 * 733 = 16639.1'),
  grant_map: estimated(900, 'an entry checked and flagged by a locked instruction, the mapping tracked, one page-table entry validated and written'),
  grant_unmap: estimated(1100, 'as grant_map, and one page dropped from the TLB'),
  grant_copy: estimated(600, 'two thirds of grant_map: the same checks without a page-table entry'),
  copy_kib: estimated(250, 'four bytes a cycle from the second-level cache'),
};

export const CORE2_BACK_END: BackEnd = {
  domain_switch: estimated(11_000, 'between pentium4-2005 and nehalem-2009'),
  back_end_notify: estimated(1000, 'between pentium4-2005 and nehalem-2009'),
  back_end_request: estimated(600, 'as pentium4-2005, fewer cycles an instruction'),
  disk_request: estimated(9000, 'between pentium4-2005 and nehalem-2009'),
  packet: estimated(11_000, 'between pentium4-2005 and nehalem-2009'),
  grant_map: estimated(600, 'two thirds of pentium4-2005'),
  grant_unmap: estimated(750, 'two thirds of pentium4-2005'),
  grant_copy: estimated(400, 'two thirds of pentium4-2005'),
  copy_kib: estimated(180, 'between pentium4-2005 and nehalem-2009'),
};

export const NEHALEM_BACK_END: BackEnd = {
  domain_switch: remembered(10_534, '[DALL16] table II, Xen x86, VM switch: 10534, confidence 0.95'),
  back_end_notify: remembered(560, '[DALL16] table II, KVM x86, I/O latency out: 560, confidence 0.95'),
  back_end_request: estimated(500, 'ring indices, one descriptor chain and its completion'),
  disk_request: estimated(8000, 'as the packet: block layer and driver in place of network stack and driver'),
  packet: estimated(8000, 'half of [SUG01]: fewer cycles an instruction, checksums by the card'),
  grant_map: estimated(450, 'half of pentium4-2005: locked instructions of 20 cycles instead of 100'),
  grant_unmap: estimated(600, 'as grant_map, and one INVLPG'),
  grant_copy: estimated(300, 'two thirds of grant_map: the same checks without a page-table entry'),
  copy_kib: estimated(120, 'eight bytes a cycle from the second-level cache'),
};

export const SKYLAKE_BACK_END: BackEnd = {
  domain_switch: estimated(9000, 'somewhat below nehalem-2009, as its exits are'),
  back_end_notify: estimated(560, 'as nehalem-2009, [DALL16]'),
  back_end_request: estimated(400, 'ring indices, one descriptor chain and its completion'),
  disk_request: estimated(5000, 'as the packet'),
  packet: estimated(5000, 'five eighths of nehalem-2009'),
  grant_map: estimated(350, 'three quarters of nehalem-2009'),
  grant_unmap: estimated(450, 'three quarters of nehalem-2009'),
  grant_copy: estimated(230, 'three quarters of nehalem-2009'),
  copy_kib: estimated(100, 'ten bytes a cycle from the second-level cache'),
};

export const ZEN_BACK_END: BackEnd = {
  domain_switch: estimated(9000, 'as skylake-2016'),
  back_end_notify: estimated(560, 'as nehalem-2009, [DALL16]'),
  back_end_request: estimated(400, 'as skylake-2016'),
  disk_request: estimated(5000, 'as skylake-2016'),
  packet: estimated(5000, 'as skylake-2016'),
  grant_map: estimated(350, 'as skylake-2016'),
  grant_unmap: estimated(450, 'as skylake-2016'),
  grant_copy: estimated(230, 'as skylake-2016'),
  copy_kib: estimated(100, 'as skylake-2016'),
};
