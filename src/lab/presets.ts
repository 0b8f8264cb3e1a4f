// Presets: names of well-known products for whole techniques. They are input only; results hold the canonical name.
// A preset is available when all its strategies and options are among the loaded plugins, and is never approximated.
import {PLUGIN_KINDS} from '../vmm/plugin.ts';
import {readOptions} from './plugin-options.ts';
import {parseTechnique} from './technique.ts';
import type {Technique} from './technique.ts';
import type {Registry} from './registry.ts';
import {parseTechniqueSyntax} from './technique-syntax.ts';
import {UsageError, messageOf} from './usage-error.ts';

interface Preset {
  readonly technique: string;
  readonly title: string;
}

/** What KVM of Linux 6.1 intercepts beside HLT, CPUID, ports and MSRs: arch/x86/kvm/svm/svm.c, init_vmcb; vmx.c, vmx_update_exception_bitmap. */
const KVM_CONTROLS = 'hardware-assisted[exceptions=db+ud+ac+mc,exits=rdpmc+mov-dr+wbinvd]';

export const PRESETS: Readonly<Record<string, Preset>> = {
  'qemu-tcg': {technique: 'dynamic-translation+software-mmu+emulated@hosted', title: 'QEMU with its Tiny Code Generator'},
  bochs: {technique: 'interpretation+software-mmu[entries=1024]+emulated@hosted', title: 'Bochs'},
  'virtual-pc': {technique: 'binary-translation+shadow+emulated@hosted', title: 'Microsoft Virtual PC'},
  'vmware-workstation': {technique: 'binary-translation+shadow+emulated@hosted', title: 'VMware Workstation before hardware assistance'},
  'vmware-workstation-2': {
    technique: 'binary-translation+shadow+emulated@hosted[pic=kernel,ports=address]', title: 'VMware Workstation 2.0, as Sugerman et al. found its networking in 2001',
  },
  'vmware-workstation-3': {
    technique: 'binary-translation+shadow+emulated@hosted[irq-notification=shared,pic=kernel,ports=vmm,send-combining=3]',
    title: 'VMware Workstation with what Sugerman et al. did about its networking',
  },
  esx: {technique: 'binary-translation+shadow+emulated@hypervisor', title: 'VMware ESX before hardware assistance'},
  esxi: {technique: 'hardware-assisted+nested+emulated@hypervisor', title: 'VMware ESXi'},
  'xen-pv': {technique: 'paravirtual+direct-paging+xen-ring@hybrid', title: 'Xen, paravirtual guest'},
  'xen-hvm': {technique: 'hardware-assisted+nested+emulated@hybrid', title: 'Xen, hardware virtual machine'},
  'xen-pvhvm': {technique: 'hardware-assisted+nested+xen-ring@hybrid', title: 'Xen, hardware virtual machine with split drivers'},
  'kvm-2007': {technique: 'hardware-assisted+shadow+emulated@hosted', title: 'KVM as first published'},
  kvm: {technique: 'hardware-assisted+nested+virtio@hosted', title: 'KVM with nested paging and virtio'},
  'kvm-shadow': {technique: `${KVM_CONTROLS}+shadow[policy=unsync]+emulated@hosted[pic=kernel]`, title: 'KVM with shadow paging and in-kernel PIC and PIT'},
  'kvm-nested': {technique: `${KVM_CONTROLS}+nested+emulated@hosted[pic=kernel]`, title: 'KVM with nested paging and in-kernel PIC and PIT'},
  'textbook-shadow': {technique: 'hardware-assisted+shadow[write=zap]+emulated@hypervisor', title: 'Shadow paging as textbooks have it: three exits for a demand fault'},
  'hyper-v': {technique: 'hardware-assisted+nested+emulated@hybrid', title: 'Microsoft Hyper-V with emulated devices'},
  'passthrough-vm': {technique: 'hardware-assisted+nested+passthrough@hosted', title: 'A virtual machine with an assigned device'},
};

/**
 * A technique by preset or written out.
 * @throws UsageError saying which part is not among the loaded plugins
 */
export function resolveTechnique(text: string, registry: Registry): Technique {
  const preset = Object.hasOwn(PRESETS, text) ? PRESETS[text] : undefined;
  if (!preset) return parseTechnique(text, registry);
  const missing = missingParts(preset.technique, registry);
  if (missing.length > 0) throw new UsageError(`preset '${text}' is not available yet: ${missing.join('; ')} (it stands for ${preset.technique})`);
  return parseTechnique(preset.technique, registry);
}

/** What a technique names that is not among the loaded plugins: strategies, and options of those that are. */
function missingParts(technique: string, registry: Registry): readonly string[] {
  const {parts, architecture} = parseTechniqueSyntax(technique);
  const written = [...parts, ...(architecture ? [architecture] : [])];
  return written.flatMap(({name, options}, at) => {
    const kind = PLUGIN_KINDS[at];
    const plugin = registry.get(kind, name);
    if (!plugin) return [`there is no ${kind} strategy '${name}'`];
    try {
      readOptions(plugin.definition, {...plugin.defaults, ...options}, name);
      return [];
    } catch (error) {
      return [messageOf(error)];
    }
  });
}

export interface AvailablePreset {
  readonly name: string;
  readonly title: string;
  readonly technique: Technique;
}

/** The presets whose parts all exist, in the table's order. */
export const availablePresets = (registry: Registry): readonly AvailablePreset[] => Object.entries(PRESETS)
  .filter(([, {technique}]) => missingParts(technique, registry).length === 0)
  .map(([name, {title, technique}]) => ({name, title, technique: parseTechnique(technique, registry)}));

export interface ListedPreset {
  readonly name: string;
  readonly title: string;
  /** Canonical, or as the table writes it where parts are missing. */
  readonly technique: string;
  /** What is not there yet, empty for a preset that can be used. */
  readonly missing: readonly string[];
}

/** Every preset, available or not, in the table's order. */
export const allPresets = (registry: Registry): readonly ListedPreset[] => Object.entries(PRESETS).map(([name, {title, technique}]) => {
  const missing = missingParts(technique, registry);
  return {name, title, technique: missing.length > 0 ? technique : parseTechnique(technique, registry).name, missing};
});
