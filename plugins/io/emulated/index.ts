// Emulated devices: the guest's own driver talks to device models. Every access leaves the guest, the architecture takes it
// to where the model lives, and the model is the very chip that bare metal has.
import {defineIoStrategy, DeviceAccesses} from 'worldswitch';

export default defineIoStrategy({
  apiVersion: 1,
  kind: 'io',
  name: 'emulated',
  title: 'emulated devices, native drivers in the guest',
  create: vmm => new DeviceAccesses(vmm),
});
