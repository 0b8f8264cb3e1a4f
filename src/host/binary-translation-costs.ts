// What a binary translator and a monitor that lives in the guest's address space do, step by step, where it does not depend on the
// host but for what the profile says of gates and memory. What translated code costs in the cache stands nowhere: it is executed.
import type {CostName} from './costs.ts';
import {estimated} from './figure.ts';
import type {Figure} from './profile.ts';

type CommonStep = Extract<CostName, `callout_${string}` | 'fault_mapping' | 'virtual_delivery' | 'code_page_check' | 'cache_drop' | 'cache_flush' | `resident_${string}` | 'cache_indirect_jump'>;

export const BINARY_TRANSLATION_COSTS: Readonly<Record<CommonStep, Figure>> = {
  callout_entry: estimated(40, 'TODO'),
  callout_exit: estimated(60, 'TODO'),
  callout_emulate: estimated(60, 'TODO'),
  cache_indirect_jump: estimated(25, 'TODO'),
  fault_mapping: estimated(150, 'TODO'),
  virtual_delivery: estimated(400, 'TODO'),
  code_page_check: estimated(8, 'TODO'),
  cache_drop: estimated(300, 'TODO'),
  cache_flush: estimated(5000, 'TODO'),
  resident_classify: estimated(300, 'TODO'),
  resident_fill: estimated(200, 'TODO'),
  resident_sync: estimated(150, 'TODO'),
  resident_root: estimated(300, 'TODO'),
  resident_port_emulation: estimated(60, 'TODO'),
};
