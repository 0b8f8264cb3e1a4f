// What a binary translator and a monitor that lives in the guest's address space do, step by step. What translated code costs in the
// cache stands nowhere: it is executed. Steps that are the same few instructions on every host are here once; those that hang on
// the pipeline are here for the hosts that followed the one that was measured, whose own stand in its profile.
import type {CostName} from './costs.ts';
import {estimated} from './figure.ts';
import type {Figure} from './profile.ts';

type CommonStep = 'fault_mapping' | 'code_page_check' | 'cache_drop' | 'cache_flush' | 'resident_fill' | 'resident_root';
type PipelineStep = Extract<CostName,
  `callout_${string}` | 'cache_indirect_jump' | 'virtual_delivery' | 'virtual_return' | 'cache_write_fault' | 'resident_classify' | 'resident_sync' | 'resident_port_emulation'>;

export const TRANSLATOR_STEPS: Readonly<Record<CommonStep, Figure>> = {
  fault_mapping: estimated(300, 'a search of one translation\'s table of addresses and the registers of a sequence put back'),
  code_page_check: estimated(8, 'a directory entry that is cached, a table entry, two compares'),
  cache_drop: estimated(300, 'a hash slot cleared, three lists left, some 60 bytes overwritten that the processor has cached as code'),
  cache_flush: estimated(6000, 'a hash table of 18 KiB cleared and every list emptied; code is overwritten as the cache fills again'),
  resident_fill: estimated(200, 'the guest entry is at hand after the walk of resident_classify; one entry and one reverse mapping written'),
  resident_root: estimated(300, 'a look-up by the page of the directory and one register loaded; the hardware\'s own CR3 load is part of it'),
};

/** For hosts with a pipeline half as long as that of the Pentium 4. */
export const TRANSLATOR_STEPS_SHORT_PIPELINE: Readonly<Record<PipelineStep, Figure>> = {
  callout_entry: estimated(30, 'eight registers and the flags stored, the stack switched, one indirect call'),
  callout_exit: estimated(45, 'what callout_entry stored loaded again, POPF among it'),
  callout_emulate: estimated(40, 'the operands are known since translation: checks, a store to virtual state'),
  cache_indirect_jump: estimated(12, 'an indirect pair estimated at 20 beyond native, less the 8 instructions that the cache executes more'),
  virtual_delivery: estimated(350, 'gate, segment and stack looked up and checked in software, a frame of three to six words written'),
  virtual_return: estimated(150, 'a frame read and two descriptors checked in software'),
  cache_write_fault: estimated(900, 'a fault, a look-up of what the store hits, a return'),
  resident_classify: estimated(400, 'two references to the guest tables and a look-up of the shadow behind them'),
  resident_sync: estimated(190, 'a PTE write in a callout estimated at 300, less entry, work and exit of the callout: 300 - 30 - 40 - 45, to the ten'),
  resident_port_emulation: estimated(85, 'a port access in the monitor estimated at 200, less entry, work and exit of the callout: 200 - 30 - 40 - 45'),
};
