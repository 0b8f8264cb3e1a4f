// The rules of ARCHITECTURE.md that a compiler does not hold: which folder may import which, type imports included; no
// cycles; what plugins may import; who may count a crossing; no clock and no chance in the model.
import {globSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import test from 'ava';
import {packageFolder} from './lab/own-files.ts';

const files = (...patterns: string[]): string[] =>
  globSync(patterns, {cwd: packageFolder}).filter(file => !file.endsWith('.d.ts')).toSorted();
const textOf = (file: string): string => readFileSync(join(packageFolder, file), 'utf8');

const SOURCES = files('src/**/*.{ts,tsx}', 'plugins/**/*.ts');
const isTest = (file: string): boolean => /\.test\.tsx?$|\/testing\/|\/testing-[^/]*$/.test(file);
const PRODUCT = SOURCES.filter(file => !isTest(file));

const codeOf = (file: string): string => textOf(file).replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '');

/** What a file names in `import ... from`, `export ... from` and `import()`, comments apart. */
const specifiers = (code: string): string[] =>
  [...code.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^'\n]+)'/gm)].map(([, name]) => name);

/** Without imports that leave nothing behind when compiled. */
const withoutTypes = (code: string): string =>
  code.replaceAll(/^(?:import|export) type [^;]*? from '[^']+';/gm, '').replaceAll(/^import \{(?:\s*type [\w$]+,?)+\s*\} from '[^']+';/gm, '');

const IMPORTS = new Map(SOURCES.map(file => [file, specifiers(codeOf(file))]));
const VALUES = new Map(SOURCES.map(file => [file, specifiers(withoutTypes(codeOf(file)))]));
const relative = (file: string, imports = IMPORTS): string[] =>
  imports.get(file)!.filter(name => name.startsWith('.')).map(name => normalize(join(dirname(file), name)).replaceAll('\\', '/'));

/** Each folder with the folders it may import from, besides itself. */
const LAYERS: Readonly<Record<string, readonly string[]>> = (() => {
  const words = ['x86', 'ledger', 'host'];
  const machine = [...words, 'memory', 'devices', 'cpu'];
  const lab = [...machine, 'machine', 'vmm'];
  return {
    x86: [], ledger: words, host: words, memory: words, devices: words,
    cpu: [...words, 'memory'], machine, vmm: [...machine, 'machine'], lab, report: [...lab, 'lab'], tui: [...lab, 'lab', 'report'],
    cli: [...lab, 'lab', 'report', 'tui'], oracle: [...lab, 'lab'], fuzz: [...lab, 'lab', 'oracle'], bench: [...lab, 'lab'],
  };
})();

const folderOf = (file: string): string => /^src\/([^/]+)\//.exec(file)?.[1] ?? '';

test('every folder of src has its place', t => {
  t.deepEqual([...new Set(SOURCES.map(folderOf))].filter(folder => folder !== '' && !(folder in LAYERS)), []);
});

test('imports point down, type imports included', t => {
  const upward = PRODUCT.filter(file => folderOf(file) !== '').flatMap(file => relative(file)
    .filter(target => target.startsWith('src/') && folderOf(target) !== folderOf(file) && !LAYERS[folderOf(file)].includes(folderOf(target)))
    .map(target => `${file} imports ${target}`));
  t.deepEqual(upward, []);
});

/** Groups of files that import each other by whatever detour (Tarjan's strongly connected components). */
function knots(importsOf: (file: string) => readonly string[]): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): number => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    stack.push(file);
    for (const target of importsOf(file).filter(name => IMPORTS.has(name))) {
      const reached = order.has(target) ? (stack.includes(target) ? order.get(target)! : Infinity) : visit(target);
      lowest.set(file, Math.min(lowest.get(file)!, reached));
    }
    if (lowest.get(file) === order.get(file)) found.push(stack.splice(stack.indexOf(file)));
    return lowest.get(file)!;
  };
  for (const file of PRODUCT) if (!order.has(file)) visit(file);
  return found.filter(files => files.length > 1).map(files => files.toSorted());
}

test('no file imports itself by a detour when it runs', t => {
  t.deepEqual(knots(file => relative(file, VALUES)), []);
});

/** Why two are left: the processor is named by all that works on it, and the VMM by the strategies and homes it calls. */
test('types lead in a circle only around the processor and around the VMM', t => {
  const folders = knots(file => relative(file)).map(files => [...new Set(files.map(file => dirname(file)))]);
  t.deepEqual(folders.map(names => names.filter(name => !/^src\/(?:cpu|vmm)(?:\/|$)/.test(name))), folders.map(() => []));
  t.true(folders.length <= 2);
});

test('plugins import the public API and their own folder; src names no plugin', t => {
  const plugins = SOURCES.filter(file => file.startsWith('plugins/') && !isTest(file));
  const ownFolder = (file: string): string => file.split('/').slice(0, 3).join('/');
  const foreign = plugins.flatMap(file => [
    ...IMPORTS.get(file)!.filter(name => !name.startsWith('.') && name !== 'worldswitch'),
    ...relative(file).filter(target => !target.startsWith(`${ownFolder(file)}/`)),
  ].map(name => `${file} imports ${name}`));
  t.true(plugins.length > 0);
  t.deepEqual(foreign, []);
  t.deepEqual(PRODUCT.filter(file => file.startsWith('src/') && relative(file).some(target => target.startsWith('plugins/'))), []);
});

test('crossings are counted by the processor\'s own ring crossings and by the world, and nowhere else', t => {
  const crossing = PRODUCT.filter(file => /\.cross\(/.test(textOf(file)));
  t.deepEqual(crossing, ['src/cpu/crossing.ts', 'src/vmm/world.ts']);
  const callers = PRODUCT.filter(file => relative(file).includes('src/cpu/crossing.ts'));
  t.deepEqual(callers, ['src/cpu/deliver.ts', 'src/cpu/execute/far-call.ts', 'src/cpu/execute/far-return.ts', 'src/cpu/execute/fast-call.ts']);
});

test('the model knows no clock of this computer and no chance', t => {
  const model = /^(?:src\/(?:x86|ledger|host|memory|devices|cpu|machine|vmm)|plugins)\//;
  const asked = PRODUCT.filter(file => model.test(file) && /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.now|hrtime|randomBytes|getRandomValues)/.test(textOf(file)));
  t.deepEqual(asked, []);
});

test('every plugin folder has its README and its module', t => {
  const folders = files('plugins/*/*/').map(folder => folder.replace(/\/$/, ''));
  const present = new Set(files('plugins/*/*/{README.md,index.ts}'));
  t.true(folders.length > 0);
  t.deepEqual(folders.flatMap(folder => [`${folder}/README.md`, `${folder}/index.ts`]).filter(file => !present.has(file)), []);
});
