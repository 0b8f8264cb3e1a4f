// Which kind of guest a technique runs and an image is: an unmodified one that any PC boots, or a kernel built for Xen.
import type {Needs} from '../vmm/plugin.ts';
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
}

/** Why a guest cannot be run under a technique that wants the other kind, or null. */
export function kindMismatch({name, image, kinds}: Guest, technique: Technique, catalogue: Pick<Catalogue, 'plugins'>): string | null {
  const wanted = guestKindOf(technique, catalogue);
  if (kinds.includes(wanted)) return null;
  const what = image === null ? `workload '${name}'` : `image ${name}`;
  if (wanted === 'unmodified') return `${technique.cpu.name} runs an unmodified guest, and ${what} is a kernel built for Xen (paravirtual)`;
  return `${technique.cpu.name} runs a kernel built for Xen, and ${what} ${image === null ? 'has no paravirtual build' : 'is an unmodified guest'}`;
}
