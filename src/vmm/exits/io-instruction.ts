// IO_INSTRUCTION: one access to a port, whichever way the I/O strategy answers it. String forms go through the instruction
// emulator, which brings the bytes to and from the guest's memory: a repeated input is fetched from the device model in one go,
// a repeated output goes there item by item, as in KVM's emulator. Intel SDM vol. 3C, table 27-5.
import {portAccessed} from '../../cpu/breakpoints.ts';
import {portAccessOf} from '../../cpu/execute/io.ts';
import {EAX} from '../../x86/registers.ts';
import type {ExitHome} from './home.ts';

export const ioInstruction: ExitHome = (vmm, exit) => {
  const {port, width, input, string, repeated} = portAccessOf(exit.qualification);
  const detail = `${input ? 'in' : 'out'}-0x${port.toString(16)}`;
  vmm.world.describe(detail);
  if (string) {
    if (input && repeated) vmm.deviceModel(detail, () => vmm.emulate(), vmm.platform.devices.chipAt(port));
    else vmm.emulate();
    return null;
  }
  const {r} = vmm.cpu;
  const mask = width === 4 ? -1 : width === 2 ? 0xffff : 0xff;
  if (input) r[EAX] = (r[EAX] & ~mask) | (vmm.strategies.io.readPort(port, width as 1 | 2 | 4) & mask);
  else vmm.strategies.io.writePort(port, width as 1 | 2 | 4, width === 4 ? r[EAX] >>> 0 : r[EAX] & mask);
  portAccessed(vmm.cpu, port, width);
  vmm.retire(exit.instructionLength);
  return null;
};
