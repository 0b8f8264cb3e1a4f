// The page's script as one text: the compiled modules of client/ and what they use, each in a function of its own, imports
// turned into what the others return. Small on purpose: it knows the one form of import and export that this code has.
import {readFileSync} from 'node:fs';

/** Each after those it imports. */
const MODULES = ['../format.js', './client/markup.js', './client/scale.js', './client/bars.js', './client/stack.js', './client/flow.js',
  './client/sweep.js',
  './client/views.js', './client/table.js', './client/page.js'];

const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.js$/, '');

function wrapped(path: string): string {
  const source = readFileSync(new URL(path, import.meta.url), 'utf8');
  const exported = [...source.matchAll(/^export (?:const|let|function|class) (\w+)/gm)].map(([, name]) => name);
  const body = source
    .replaceAll(/^import \{([^}]*)\} from '([^']+)';$/gm, (_, names: string, from: string) =>
      `const {${names.replaceAll(' as ', ': ')}} = ${nameOf(from)};`)
    .replaceAll(/^export (?=const|let|function|class)/gm, '').replaceAll(/^\/\/.*$/gm, '').replaceAll(/^export \{\};$/gm, '');
  return `const ${nameOf(path)} = (() => {\n${body}\nreturn {${exported.join(', ')}};\n})();`;
}

/** Nothing in it can end the element that holds it. */
export const pageScript = (): string => `'use strict';\n${MODULES.map(wrapped).join('\n')}`.replaceAll('</', String.raw`<\/`);
