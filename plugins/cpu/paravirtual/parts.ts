// What a domain's CPU strategy consists of, as its hypercalls reach it.
import type {Domain} from 'worldswitch';
import type {DomainClock} from './clock.ts';
import type {DomainConsole} from './console.ts';
import type {DescriptorTables} from './descriptor-tables.ts';
import type {EventChannels} from './events.ts';
import type {GrantTable} from './grants.ts';
import type {GuestFrames} from './guest-frames.ts';
import type {Hole} from './hole.ts';
import type {PrivilegedInstructions} from './privileged.ts';
import type {Scheduler} from './scheduler.ts';
import type {Store} from './store.ts';
import type {TrapTable} from './trap-table.ts';

export interface Parts {
  readonly domain: Domain;
  readonly hole: Hole;
  readonly tables: DescriptorTables;
  readonly traps: TrapTable;
  readonly events: EventChannels;
  readonly frames: GuestFrames;
  readonly clock: DomainClock;
  readonly console: DomainConsole;
  readonly store: Store;
  readonly grants: GrantTable;
  readonly privileged: PrivilegedInstructions;
  readonly scheduler: Scheduler;
}
