// A complete hypervisor: it owns the hardware and holds device models, back ends and drivers itself, so that no exit goes further than the VMM.
import {defineArchitecture} from 'worldswitch';

export default defineArchitecture({
  apiVersion: 1,
  kind: 'architecture',
  name: 'hypervisor',
  title: 'native hypervisor, device models inside (type 1)',
  create: vmm => ({
    deviceModel: (_detail, work) => work(),
    hostInterrupt: work => work(),
    halt: sleep => sleep(),
    backEnd(_detail, work) {
      vmm.charge('back_end_request');
      work();
    },
  }),
});
