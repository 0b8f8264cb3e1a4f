// Strategies that do nothing, for tests of naming, planning and loading: the shapes of the real ones, without a machine.
import {fileURLToPath} from 'node:url';
import {oneOf, onOff, options, someOf, wholeNumber} from '../../vmm/options.ts';
import type {PluginDefinition, PluginKind} from '../../vmm/plugin.ts';
import {readOptions} from '../plugin-options.ts';
import {Registry} from '../registry.ts';
import type {LoadedPlugin} from '../registry.ts';

type Extra = Partial<Pick<PluginDefinition, 'needs' | 'options'>>;

const strategy = (kind: PluginKind, name: string, extra: Extra = {}): PluginDefinition =>
  ({apiVersion: 1, kind, name, title: `the ${name} strategy`, create: () => ({}), ...extra});

export const DEFINITIONS: readonly PluginDefinition[] = [
  strategy('cpu', 'native', {needs: {memory: ['none'], io: ['none'], architecture: ['none']}}),
  strategy('cpu', 'hardware-assisted', {
    needs: {features: ['hardware-assistance'], memory: ['shadow', 'nested']},
    options: options({exceptions: someOf(['db', 'ud', 'ac', 'mc']), exits: someOf(['rdpmc', 'mov-dr', 'wbinvd'])}),
  }),
  strategy('cpu', 'paravirtual', {needs: {guest: 'paravirtual', memory: ['direct-paging']}}),
  strategy('memory', 'shadow', {
    options: options({policy: oneOf(['traced', 'unsync', 'virtual-tlb']), write: oneOf(['update', 'zap']), frames: wholeNumber(1, 4096, 1024)}),
  }),
  strategy('memory', 'nested', {needs: {features: ['nested-paging'], cpu: ['hardware-assisted']}, options: options({huge: onOff(false)})}),
  strategy('memory', 'direct-paging', {needs: {guest: 'paravirtual'}}),
  strategy('io', 'emulated'),
  strategy('io', 'virtio'),
  strategy('architecture', 'hypervisor'),
  strategy('architecture', 'hosted', {options: options({pic: oneOf(['user', 'kernel'])})}),
];

const FILE = fileURLToPath(import.meta.url);

export const loaded = (definition: PluginDefinition, changes: Partial<LoadedPlugin> = {}): LoadedPlugin => ({
  kind: definition.kind, name: definition.name, definition, file: FILE, builtIn: true, defaults: readOptions(definition, {}, 'test'), ...changes,
});

export const registry = new Registry(DEFINITIONS.map(definition => loaded(definition)));
