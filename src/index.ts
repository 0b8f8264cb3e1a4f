// The public API: what plugins, workloads and programs may import from 'worldswitch'.
export {API_VERSION, PLUGIN_KINDS} from './vmm/plugin.ts';
export type {Needs, PluginDefinition, PluginKind} from './vmm/plugin.ts';
export {oneOf, onOff, options, wholeNumber} from './vmm/options.ts';
export type {OptionsSchema, OptionValue} from './vmm/options.ts';
export {defineWorkload} from './lab/workload.ts';
export type {ParameterDefinition, WorkloadDefinition} from './lab/workload.ts';
