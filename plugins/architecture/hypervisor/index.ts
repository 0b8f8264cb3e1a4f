// A complete hypervisor: it owns the hardware and holds device models, back ends and drivers itself, so that no exit goes further than the VMM.
import {defineArchitecture, options, RunQueue, WAKE_OPTIONS} from 'worldswitch';
import type {Entity} from 'worldswitch';

/** A thread of the hypervisor's own. */
const BACK_END: Entity = {name: 'back end', way: [], takesUp: 'back_end_request'};

export default defineArchitecture({
  apiVersion: 1,
  kind: 'architecture',
  name: 'hypervisor',
  title: 'native hypervisor, device models inside (type 1)',
  options: options(WAKE_OPTIONS),
  create(vmm, {wake, slice}) {
    const queue = new RunQueue(vmm, {wake, slice});
    return {
      deviceModel: (_detail, work) => work(),
      hostInterrupt: work => work(),
      halt: sleep => queue.halt([], sleep),
      backEnd: (detail, work) => queue.post(BACK_END, detail, work),
      statistics: () => queue.statistics(),
    };
  },
});
