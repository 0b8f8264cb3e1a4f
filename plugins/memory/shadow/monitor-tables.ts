// The page tables behind the VMM's own region in the format of the shadow: as they are, or copied into two PAE halves.
import {hpa} from 'worldswitch';
import type {MonitorRegion, Vmm} from 'worldswitch';
import type {ShadowFormat} from './format.ts';

/** Host frames of the tables, one for each shadow directory entry. The region's table is complete before the guest runs. */
export function monitorFrames({frames, platform}: Vmm, monitor: MonitorRegion, format: ShadowFormat): readonly number[] {
  if (!format.pae) return [monitor.tableFrame];
  return [0, 1].map(half => {
    const frame = frames.take();
    if (frame < 0) throw new Error('no host frame is left for the tables of the VMM');
    for (let index = 0; index < format.entries; index++) {
      const entry = platform.memory.read32(hpa(monitor.tableFrame * 4096 + (half * format.entries + index) * 4));
      format.write(platform.memory, frame * 4096 + index * format.width, entry);
    }
    return frame;
  });
}
