import test from 'ava';
import {allPresets, resolveTechnique, availablePresets} from './presets.ts';
import {Registry} from './registry.ts';
import {parseTechnique, techniqueName} from './technique.ts';
import {loaded, registry, DEFINITIONS} from './testing/strategies.ts';

const CANONICAL: ReadonlyArray<readonly [written: string, canonical: string]> = [
  ['native', 'native'],
  ['hardware-assisted+shadow', 'hardware-assisted+shadow+emulated@hypervisor'],
  ['hardware-assisted+shadow@hosted', 'hardware-assisted+shadow+emulated@hosted'],
  ['hardware-assisted+nested+virtio', 'hardware-assisted+nested+virtio@hypervisor'],
  ['hardware-assisted+shadow[policy=traced,write=update]', 'hardware-assisted+shadow+emulated@hypervisor'],
  ['hardware-assisted+shadow[write=zap,policy=unsync]', 'hardware-assisted+shadow[policy=unsync,write=zap]+emulated@hypervisor'],
  ['hardware-assisted+shadow[frames=64]', 'hardware-assisted+shadow[frames=64]+emulated@hypervisor'],
  ['hardware-assisted+nested[huge]', 'hardware-assisted+nested[huge=on]+emulated@hypervisor'],
  ['hardware-assisted+nested[huge=off]', 'hardware-assisted+nested+emulated@hypervisor'],
  ['hardware-assisted+shadow[]+emulated@hosted[pic=kernel]', 'hardware-assisted+shadow+emulated@hosted[pic=kernel]'],
  [' hardware-assisted + shadow [ policy = unsync ] @ hosted ', 'hardware-assisted+shadow[policy=unsync]+emulated@hosted'],
];

for (const [written, canonical] of CANONICAL) {
  test(`'${written}' is ${canonical}`, t => {
    t.is(parseTechnique(written, registry).name, canonical);
    t.is(parseTechnique(canonical, registry).name, canonical);
  });
}

const REFUSED: ReadonlyArray<readonly [written: string, sentence: RegExp]> = [
  ['', /not a strategy name/],
  ['vmx+shadow', /no cpu strategy 'vmx'; known: native, hardware-assisted, paravirtual$/],
  ['hardware-assisted', /names no memory strategy.*shadow, nested, direct-paging$/],
  ['hardware-assisted+ept', /no memory strategy 'ept'; known: shadow, nested, direct-paging$/],
  ['hardware-assisted+nested+sriov', /no io strategy 'sriov'; known: emulated, virtio$/],
  ['hardware-assisted+nested@xen', /no architecture strategy 'xen'; known: hypervisor, hosted$/],
  ['hardware-assisted+nested+emulated+more', /has 4 parts/],
  ['hardware-assisted+nested@hosted@hosted', /'@' may stand once/],
  ['native+shadow', /'native' stands alone/],
  ['native@hosted', /'native' stands alone/],
  ['native[fast]', /unknown option 'fast'.*takes no options/],
  ['hardware-assisted+shadow[policy=lazy]', /option 'policy' is 'lazy'; allowed: traced, unsync, virtual-tlb/],
  ['hardware-assisted+shadow[polcy=unsync]', /unknown option 'polcy'; known: policy, write, frames/],
  ['hardware-assisted+shadow[frames=0]', /a whole number from 1 to 4096/],
  ['hardware-assisted+shadow[policy]', /option 'policy' is 'on'/],
  ['hardware-assisted+shadow[policy=unsync,policy=traced]', /'policy' is given twice/],
  ['hardware-assisted+shadow[=1]', /has no name/],
  ['hardware-assisted+shadow[policy=unsync', /not a strategy name/],
  ['hardware-assisted+shadow]', /not a strategy name/],
];

for (const [written, sentence] of REFUSED) {
  test(`'${written}' is refused: ${sentence.source}`, t => {
    const error = t.throws(() => parseTechnique(written, registry), {name: 'UsageError', message: sentence});
    t.notRegex(error?.message ?? '\n', /\n/);
  });
}

test('a result names the strategies without options, native none but itself', t => {
  t.deepEqual(techniqueName(parseTechnique('hardware-assisted+shadow[policy=unsync]@hosted', registry)), {
    name: 'hardware-assisted+shadow[policy=unsync]+emulated@hosted',
    cpu: 'hardware-assisted', memory: 'shadow', io: 'emulated', architecture: 'hosted',
  });
  t.deepEqual(techniqueName(parseTechnique('native', registry)), {name: 'native', cpu: 'native', memory: null, io: null, architecture: null});
});

test('options reach the strategy complete and typed', t => {
  const {memory} = parseTechnique('hardware-assisted+shadow[frames=64]', registry);
  t.deepEqual(memory?.options, {policy: 'traced', write: 'update', frames: 64});
  t.deepEqual(parseTechnique('hardware-assisted+nested[huge]', registry).memory?.options, {huge: true});
});

test("a configuration entry's option defaults are the defaults that the canonical name drops", t => {
  const shadow = DEFINITIONS.find(definition => definition.name === 'shadow');
  const mine = loaded(shadow!, {name: 'my-shadow', defaults: {policy: 'unsync', write: 'update', frames: 1024}});
  const plugins = new Registry([...registry.all(), mine]);
  t.is(parseTechnique('hardware-assisted+my-shadow', plugins).memory?.options['policy'], 'unsync');
  t.is(parseTechnique('hardware-assisted+my-shadow[policy=unsync]', plugins).name, 'hardware-assisted+my-shadow+emulated@hypervisor');
  t.is(parseTechnique('hardware-assisted+my-shadow[policy=traced]', plugins).name, 'hardware-assisted+my-shadow[policy=traced]+emulated@hypervisor');
});

test('a preset is its technique, under the canonical name', t => {
  t.is(resolveTechnique('kvm-shadow', registry).name, 'hardware-assisted[exceptions=db+ud+ac+mc,exits=rdpmc+mov-dr+wbinvd]+shadow[policy=unsync]+emulated@hosted[pic=kernel]');
  t.is(resolveTechnique('kvm', registry).name, 'hardware-assisted+nested+virtio@hosted');
});

test('a preset whose strategies are not loaded is refused with all that is missing, and listed as not available', t => {
  const message = "preset 'xen-pv' is not available yet: there is no io strategy 'xen-ring'; there is no architecture strategy 'hybrid' "
    + '(it stands for paravirtual+direct-paging+xen-ring@hybrid)';
  t.throws(() => resolveTechnique('xen-pv', registry), {name: 'UsageError', message});
  t.deepEqual(allPresets(registry).find(({name}) => name === 'kvm')?.missing, []);
  t.is(allPresets(registry).find(({name}) => name === 'bochs')?.missing.length, 2);
  const names = availablePresets(registry).map(preset => preset.name);
  t.deepEqual(names, ['esxi', 'kvm-2007', 'kvm', 'kvm-shadow', 'kvm-nested', 'textbook-shadow']);
});
