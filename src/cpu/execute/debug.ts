// MOV to and from debug registers. Intel SDM vol. 2, MOV Move to/from Debug Registers; vol. 3B, 17.2.
import {CR4_DE} from '../../x86/control.ts';
import {DR6_BD, DR6_DEFINED, DR6_FIXED, DR7_GD} from '../../x86/debug.ts';
import {DB} from '../../x86/exceptions.ts';
import {EXIT_REASONS} from '../../x86/exit-reasons.ts';
import {loadDebugControl, reportDebug, watchAgain} from '../breakpoints.ts';
import type {Execute} from '../decode/row.ts';
import {generalProtection, raise, undefinedOpcode} from '../fault.ts';
import {vmExit} from '../nonroot.ts';
import type {Cpu} from '../state.ts';

const DIRECTION_READ = 1 << 4;

/** The checks of either direction; DR4 and DR5 stand for DR6 and DR7 unless CR4.DE is set. */
function check(c: Cpu, register: number, qualification: number): number {
  if (c.cpl !== 0) generalProtection(c);
  const alias = register === 4 || register === 5;
  if (alias && (c.cr4 & CR4_DE) !== 0) undefinedOpcode(c);
  if (c.nonRoot && c.controls.movDr) vmExit(c, EXIT_REASONS.DR_ACCESS, qualification);
  if ((c.dr7 & DR7_GD) !== 0) {
    reportDebug(c, DR6_BD);
    raise(c, DB);
  }
  return alias ? register + 2 : register;
}

export const movFromDebug: Execute = ({reg, rm}) => c => {
  const register = check(c, reg, reg | DIRECTION_READ | (rm << 8));
  c.r[rm] = register < 4 ? c.dr[register] : register === 6 ? c.dr6 : c.dr7;
};

export const movToDebug: Execute = ({reg, rm}) => c => {
  const register = check(c, reg, reg | (rm << 8));
  const value = c.r[rm];
  if (register === 7) return loadDebugControl(c, value);
  if (register === 6) {
    c.dr6 = (value & DR6_DEFINED) | DR6_FIXED;
    return;
  }
  c.dr[register] = value;
  watchAgain(c);
};
