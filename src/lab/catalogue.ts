// What a cell may be made of: loaded strategies and built-in workloads. Each worker thread loads its own from plain data.
// Hosts are in host/catalogue.ts.
import type {GuestModification} from './guest-modification.ts';
import {BUILT} from './own-files.ts';
import {loadPlugins} from './plugins.ts';
import type {PluginSource} from './plugins.ts';
import type {Registry} from './registry.ts';
import type {WorkloadDefinition} from './workload.ts';

export interface WorkloadEntry {
  readonly definition: WorkloadDefinition;
  /** Folder of the image, with a slash at the end. */
  readonly folder: URL;
  /** How much of the kernel is another in the paravirtual image, where there is one. */
  readonly guestModification?: GuestModification;
}

export interface Catalogue {
  readonly plugins: Registry;
  readonly workloads: ReadonlyMap<string, WorkloadEntry>;
}

/** Plain data for a worker thread. */
export interface CatalogueSource {
  readonly plugins: PluginSource;
  /** Address of the module that exports WORKLOADS; the running instance's own unless a test says otherwise. */
  readonly workloads?: string | undefined;
}

const WORKLOADS_MODULE = new URL('workloads/index.js', BUILT).href;

/** @throws UsageError one sentence, for a plugin that cannot be used */
export async function loadCatalogue(source: CatalogueSource): Promise<Catalogue> {
  const plugins = await loadPlugins(source.plugins);
  const {WORKLOADS} = (await import(source.workloads ?? WORKLOADS_MODULE)) as {WORKLOADS: readonly WorkloadEntry[]};
  return {plugins, workloads: new Map(WORKLOADS.map(entry => [entry.definition.name, entry]))};
}
