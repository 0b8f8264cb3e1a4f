// How a monitor that lives in the guest's address space charges: instructions as the hardware does, translated ones being real
// ones, and its own steps by costs of its own where they were set for a monitor that a VM exit leads to.
import {costNumber, DIRECT, insteadOf} from 'worldswitch';
import type {ChargeScheme} from 'worldswitch';

export const RESIDENT: ChargeScheme = {
  ...DIRECT,
  instead: insteadOf([
    [costNumber.instruction_emulation, costNumber.callout_emulate],
    [costNumber.shadow_classify, costNumber.resident_classify],
    [costNumber.shadow_fill, costNumber.resident_fill],
    [costNumber.shadow_sync, costNumber.resident_sync],
    [costNumber.shadow_root, costNumber.resident_root],
    [costNumber.port_emulation, costNumber.resident_port_emulation],
  ]),
};
