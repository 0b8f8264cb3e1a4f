// Which kind of guest a technique runs and an image is: an unmodified one that any PC boots, or a kernel built for Xen.
import type {Needs} from '../vmm/plugin.ts';
import type {Hardware} from '../vmm/strategy.ts';
import type {Catalogue} from './catalogue.ts';
import type {Technique} from './technique.ts';

export type GuestKind = NonNullable<Needs['guest']>;

/** The CPU strategy decides. */
export function guestKindOf({cpu}: Technique, {plugins}: Pick<Catalogue, 'plugins'>): GuestKind {
  return plugins.get('cpu', cpu.name)?.definition.needs?.guest ?? 'unmodified';
}

interface Guest {
  readonly name: string;
  readonly image: string | null;
  /** Kinds it comes in. */
  readonly kinds: readonly GuestKind[];
  readonly disk?: unknown;
  readonly network?: unknown;
}

/** Why a guest cannot be run under a technique that wants the other kind, or null. */
export function kindMismatch(guest: Guest, technique: Technique, catalogue: Pick<Catalogue, 'plugins'>): string | null {
  const {name, image, kinds} = guest;
  const wanted = guestKindOf(technique, catalogue);
  if (kinds.includes(wanted)) return wanted === 'paravirtual' ? unreached(guest, technique, catalogue) : null;
  const what = image === null ? `workload '${name}'` : `image ${name}`;
  if (wanted === 'unmodified') return `${technique.cpu.name} runs an unmodified guest, and ${what} is a kernel built for Xen (paravirtual)`;
  return `${technique.cpu.name} runs a kernel built for Xen, and ${what} ${image === null ? 'has no paravirtual build' : 'is an unmodified guest'}`;
}

/** A workload that needs a disk or a network finds it in a domain only behind a split driver made for domains. */
function unreached({name, image, disk, network}: Guest, {io}: Technique, {plugins}: Pick<Catalogue, 'plugins'>): string | null {
  const what = disk === undefined ? 'network' : 'disk';
  const definition = io && (plugins.get('io', io.name)?.definition as Hardware | undefined);
  if (image !== null || (disk === undefined && network === undefined) || definition?.domains) return null;
  return `workload '${name}' needs a ${what}, which a paravirtual guest does not reach by ${io?.name ?? 'this technique'}; use xen-ring@hybrid`;
}
