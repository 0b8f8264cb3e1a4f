import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {loadPlugins} from './plugins.ts';
import type {PluginEntry} from './plugins.ts';
import {folder} from './testing/folder.ts';

const load = (root: string, entries: readonly PluginEntry[]) =>
  loadPlugins({entries, base: root, source: '.benchrc.json', builtIns: join(root, 'built-in')});

const AGILE = `
import {oneOf, options, type PluginKind} from 'worldswitch';
import {title} from './title.ts';
const kind: PluginKind = 'memory';
export default {apiVersion: 1, kind, name: 'agile', title, options: options({policy: oneOf(['a', 'b'])}), create: () => ({})};
`;
const TITLE = `export const title: string = 'agile paging';`;
const plain = (fields: string): string => `export default {apiVersion: 1, kind: 'io', name: 'plain', title: 'plain', create: () => ({}), ${fields}};`;

test("an unbuilt .ts file imports 'worldswitch' and its neighbours", async t => {
  const root = folder(t, {'p/agile.ts': AGILE, 'p/title.ts': TITLE});
  const agile = (await load(root, ['./p/agile.ts'])).get('memory', 'agile');
  t.like(agile, {file: join(root, 'p/agile.ts'), builtIn: false, defaults: {policy: 'a'}, definition: {title: 'agile paging'}});
});

test('loading an unbuilt .ts file prints no warning', t => {
  const root = folder(t, {'package.json': '{}', 'agile.ts': AGILE, 'title.ts': TITLE});
  const script = `import {loadPlugins} from ${JSON.stringify(new URL('plugins.js', import.meta.url).href)};
    console.log((await loadPlugins({entries: ['./agile.ts'], base: ${JSON.stringify(root)}, source: 'x', builtIns: '/nonexistent'})).all().length);`;
  writeFileSync(join(root, 'load.mjs'), script);
  t.is(execFileSync(process.execPath, [join(root, 'load.mjs')], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']}), '1\n');
  const quiet = execFileSync('sh', ['-c', `"${process.execPath}" "${join(root, 'load.mjs')}" 2>&1 >/dev/null`], {encoding: 'utf8'});
  t.is(quiet, '');
});

const FOLDERS: Readonly<Record<string, Record<string, string>>> = {
  'index.ts': {'p/index.ts': AGILE, 'p/title.ts': TITLE},
  'index.js': {'p/index.js': AGILE.replace(': PluginKind', '').replace(', type PluginKind', '').replace('title.ts', 'title.js'), 'p/title.js': "export const title = 'x';", 'p/package.json': '{"type": "module"}'},
  'package.json main': {'p/package.json': '{"type": "module", "main": "lib/agile.ts"}', 'p/lib/agile.ts': AGILE, 'p/lib/title.ts': TITLE},
  'package.json exports': {
    'p/package.json': '{"main": "none.js", "exports": {"./other": "./none.js", ".": {"types": "./none.d.ts", "require": "./none.js", "import": "./agile.ts"}}}',
    'p/agile.ts': AGILE, 'p/title.ts': TITLE,
  },
};

for (const [what, files] of Object.entries(FOLDERS)) {
  test(`a folder means its ${what}`, async t => {
    t.truthy((await load(folder(t, files), ['./p'])).get('memory', 'agile'));
  });
}

test('a package is found beside the configuration', async t => {
  const root = folder(t, {
    'node_modules/worldswitch-plugin-plain/package.json': '{"type": "module", "exports": {"import": "./dist/p.js"}}',
    'node_modules/worldswitch-plugin-plain/dist/p.js': plain(''),
    'node_modules/@scope/plain/package.json': '{"type": "module"}',
    'node_modules/@scope/plain/index.js': plain('').replace("'plain'", "'scoped'"),
  });
  const registry = await load(root, ['worldswitch-plugin-plain', '@scope/plain']);
  t.deepEqual(registry.list('io').map(({name}) => name), ['plain', 'scoped']);
});

test('built-ins are found by folder, before the configuration, and a folder without a module is passed over', async t => {
  const root = folder(t, {
    'built-in/io/emulated/index.js': plain('').replace("'plain'", "'emulated'"), 'built-in/io/draft/README.md': '',
    'built-in/package.json': '{"type": "module"}', 'mine.ts': plain(''),
  });
  const registry = await load(root, ['./mine.ts']);
  t.deepEqual(registry.list('io').map(({name, builtIn}) => [name, builtIn]), [['emulated', true], ['plain', false]]);
});

test('an entry may rename its strategy and change its option defaults', async t => {
  const root = folder(t, {'agile.ts': AGILE, 'title.ts': TITLE});
  const registry = await load(root, ['./agile.ts', ['./agile.ts', {name: 'agile-b', policy: 'b'}]]);
  t.deepEqual(registry.list('memory').map(({name, defaults}) => [name, defaults['policy']]), [['agile', 'a'], ['agile-b', 'b']]);
});

test('a default export may be an array of definitions', async t => {
  const root = folder(t, {'two.ts': `const io = (name: string) => ({apiVersion: 1, kind: 'io', name, title: name, create: () => ({})}); export default [io('a'), io('b')];`});
  t.deepEqual((await load(root, ['./two.ts'])).list('io').map(({name}) => name), ['a', 'b']);
  await t.throwsAsync(load(root, [['./two.ts', {name: 'c'}]]), {name: 'UsageError', message: /holds 2 strategies/});
});

test('a schema that wants booleans and numbers understands the words of brackets and its own promise is refused', async t => {
  const valibot = JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../../node_modules/valibot/dist/index.mjs')).href);
  const schema = (fields: string): string => `import * as v from ${valibot}; ${plain(`options: v.strictObject({${fields}})`)}`;
  const root = folder(t, {'v.ts': schema("big: v.optional(v.boolean(), false), size: v.optional(v.number(), 4)"), 'a.ts': plain("options: {'~standard': {version: 1, vendor: 'x', validate: async () => ({value: {}})}}")});
  const registry = await load(root, [['./v.ts', {big: 'on', size: '8'}]]);
  t.deepEqual(registry.get('io', 'plain')?.defaults, {big: true, size: 8});
  await t.throwsAsync(load(root, ['./a.ts']), {name: 'UsageError', message: /must be synchronous/});
});

test('two of one kind with one name: the error names both files', async t => {
  const root = folder(t, {'a.ts': plain(''), 'b.ts': plain('')});
  const error = await t.throwsAsync(load(root, ['./a.ts', './b.ts']), {name: 'UsageError', message: /two io strategies are called 'plain'/});
  t.true(error?.message.includes(join(root, 'a.ts')) && error.message.includes(join(root, 'b.ts')));
});

const WRONG: ReadonlyArray<readonly [what: string, source: string, sentence: RegExp]> = [
  ['no default export', 'export const x = 1;', /has no default export/],
  ['not a definition', 'export default 5;', /default export is a number/],
  ['another interface', plain('apiVersion: 2'), /apiVersion is 2; this worldswitch speaks plugin interface 1/],
  ['an unknown kind', plain("kind: 'gpu'"), /kind is 'gpu'; it must be one of cpu, memory, io, architecture/],
  ['a bad name', plain("name: 'My Plugin'"), /name is 'My Plugin'; it must be in kebab-case/],
  ['no title', plain("title: ''"), /title is missing/],
  ['no create', plain('create: 5'), /create is missing/],
  ['unknown needs', plain("needs: {cpus: ['x']}"), /needs\.cpus is unknown/],
  ['needs that are no list', plain("needs: {cpu: 'x'}"), /needs\.cpu must be an array of names/],
  ['no schema', plain('options: {policy: 1}'), /options must be a Standard Schema/],
  ['an error of its own', "throw new Error('cannot start');", /could not be loaded: cannot start \(.*plugin\.ts:1\b.*\)/],
  ['a syntax error', 'export default {;', /could not be loaded: .*plugin\.ts:1\b.*\)/],
  ['an enum', 'enum A {B} export default A;', /could not be loaded: .*enum/],
  ['a missing import', "import './gone.ts';", /could not be loaded: Cannot find module .*gone\.ts/],
];

for (const [what, source, sentence] of WRONG) {
  test(`a plugin with ${what} is one sentence with its file`, async t => {
    const root = folder(t, {'plugin.ts': source});
    const error = await t.throwsAsync(load(root, ['./plugin.ts']), {name: 'UsageError', message: sentence});
    t.true(error?.message.includes(join(root, 'plugin.ts')));
    t.notRegex(error?.message ?? '\n', /\n/);
  });
}

const MISSING: ReadonlyArray<readonly [entry: PluginEntry, sentence: RegExp]> = [
  ['./gone.ts', /^\.benchrc\.json: plugin '\.\/gone\.ts': .*gone\.ts does not exist$/],
  ['./empty', /holds no index\.ts/],
  ['worldswitch-plugin-gone', /no such package is installed/],
  [['./plain.ts', {name: 'Not Kebab'}], /its "name" must be a word in kebab-case/],
  [['./plain.ts', {speed: 1}], /unknown option 'speed'; 'plain' takes no options/],
];

for (const [entry, sentence] of MISSING) {
  test(`entry ${JSON.stringify(entry)}: ${sentence.source}`, async t => {
    const root = folder(t, {'empty/README.md': '', 'plain.ts': plain('')});
    await t.throwsAsync(load(root, [entry]), {name: 'UsageError', message: sentence});
  });
}
