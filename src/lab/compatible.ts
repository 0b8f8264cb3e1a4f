// Which techniques make sense on which host: every strategy's `needs` against the host's features, the other
// strategies and the kind of guest. A cell that does not make sense is refused with a sentence, never replaced.
import {PLUGIN_KINDS} from '../vmm/plugin.ts';
import type {Needs, PluginKind} from '../vmm/plugin.ts';
import type {HostProfile} from '../host/profile.ts';
import type {LoadedPlugin, Registry} from './registry.ts';
import type {Technique} from './technique.ts';
import {listed} from './usage-error.ts';

type Parts = ReadonlyMap<PluginKind, LoadedPlugin>;

/** Why the technique's own parts do not go together, or null. */
export function mismatch(technique: Technique, registry: Registry): string | null {
  const parts = chosenPlugins(technique, registry);
  for (const plugin of parts.values()) {
    const reason = partnerMissing(plugin, parts) ?? guestMismatch(plugin, parts) ?? optionMismatch(plugin, technique);
    if (reason) return reason;
  }
  return null;
}

/** Why the technique cannot run on this host, or null. */
export function refusal(technique: Technique, host: HostProfile, registry: Registry): string | null {
  return mismatch(technique, registry) ?? featureMissing(chosenPlugins(technique, registry), host);
}

function optionMismatch({kind, name, definition}: LoadedPlugin, technique: Technique): string | null {
  const partners = Object.fromEntries(PLUGIN_KINDS.flatMap(each => (technique[each] ? [[each, technique[each]]] : [])));
  const reason = definition.refuses?.(technique[kind]?.options ?? {}, partners) ?? null;
  return reason && `${name} ${reason}`;
}

function chosenPlugins(technique: Technique, registry: Registry): Parts {
  const parts = new Map<PluginKind, LoadedPlugin>();
  for (const kind of PLUGIN_KINDS) {
    const plugin = technique[kind] && registry.get(kind, technique[kind].name);
    if (plugin) parts.set(kind, plugin);
  }
  return parts;
}

function needsOf(plugin: LoadedPlugin): Needs {
  return plugin.definition.needs ?? {};
}

function featureMissing(parts: Parts, host: HostProfile): string | null {
  for (const plugin of parts.values()) {
    const missing = needsOf(plugin).features?.find(feature => !host.features[feature]);
    if (missing) return `${plugin.name} needs the host feature '${missing}', which ${host.name} does not have`;
  }
  return null;
}

function partnerMissing(plugin: LoadedPlugin, parts: Parts): string | null {
  for (const kind of PLUGIN_KINDS) {
    const accepted = kind === plugin.kind ? undefined : needsOf(plugin)[kind];
    if (!accepted || accepts(accepted, parts.get(kind))) continue;
    const found = parts.get(kind)?.name ?? 'none';
    const wanted = accepted.join() === 'none' ? `works without any ${kind} strategy` : `works with the ${kind} strategies ${listed(accepted)}`;
    return `${plugin.name} ${wanted}, not with '${found}'`;
  }
  return null;
}

/** A renamed plugin is accepted under its own name as well. */
function accepts(accepted: readonly string[], partner: LoadedPlugin | undefined): boolean {
  return partner ? accepted.includes(partner.name) || accepted.includes(partner.definition.name) : accepted.includes('none');
}

/** The CPU strategy decides the kind of guest; another strategy may insist on one. */
function guestMismatch(plugin: LoadedPlugin, parts: Parts): string | null {
  const cpu = parts.get('cpu');
  const wanted = needsOf(plugin).guest;
  const guest = (cpu && needsOf(cpu).guest) ?? 'unmodified';
  if (!cpu || !wanted || wanted === guest) return null;
  return `${plugin.name} runs ${guestName(wanted)}, ${cpu.name} ${guestName(guest)}`;
}

const guestName = (guest: 'unmodified' | 'paravirtual'): string => (guest === 'unmodified' ? 'an unmodified guest' : 'a paravirtual guest');
