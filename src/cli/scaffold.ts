// Texts of a new plugin: which techniques show it beside its original, its README, and its test, which runs the real command line.
import type {PluginKind} from '../vmm/plugin.ts';

export interface About {
  readonly kind: PluginKind;
  readonly name: string;
  /** The built-in strategy it is a copy of. */
  readonly from: string;
  /** Absolute path of worldswitch's launcher. */
  readonly launcher: string;
}

/** Where the strategy stands in a technique with partners that take it. */
const SPECIAL: Readonly<Record<string, (name: string) => string>> = {
  'software-mmu': name => `interpretation+${name}@hosted`, 'direct-paging': name => `paravirtual+${name}`, paravirtual: name => `${name}+direct-paging`,
  interpretation: name => `${name}+software-mmu@hosted`, 'dynamic-translation': name => `${name}+software-mmu@hosted`,
};
const USUAL: Readonly<Record<PluginKind, (name: string) => string>> = {
  cpu: name => `${name}+shadow`, memory: name => `hardware-assisted+${name}`, io: name => `hardware-assisted+nested+${name}`, architecture: name => `hardware-assisted+nested@${name}`,
};

/** The original's technique and the copy's. */
export function techniquesOf(kind: PluginKind, from: string, name: string): [string, string] {
  const technique = SPECIAL[from] ?? USUAL[kind];
  return [technique(from), technique(name)];
}

export const pluginReadme = ({kind, name, from}: About): string => `# ${name}

A ${kind} strategy, begun as a copy of the built-in \`${from}\`.

- Mechanism: what it does where the guest needs help, and why.
- Counts: which statistics it keeps.
- Limits: what it does not do, where it cannot be equivalent.
- Sources: papers and manuals.

It imports \`'worldswitch'\`, which is always the running instance, and its own files; \`src/vmm/strategy.ts\` there is the contract.
\`node --test ${name}/${name}.test.mjs\` checks it against bare metal.
`;

export const pluginTest = ({kind, name, from, launcher}: About): string => {
  const [, technique] = techniquesOf(kind, from, name);
  return `// Holds ${name} to what every strategy must keep: it runs, computes what bare metal computes, its cycles are its events, and the
// same run gives the same counts. Run with: node --test ${name}/${name}.test.mjs
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {dirname} from 'node:path';
import test from 'node:test';
import {fileURLToPath} from 'node:url';

const launcher = process.env.WORLDSWITCH ?? ${JSON.stringify(launcher)};
const workloads = ['syscall', 'cr3wr', 'pgfault', 'ptemod', 'divzero', 'forkwait'];

function run() {
  const argv = [launcher, 'run', ...workloads, '--technique', 'native', '--technique', ${JSON.stringify(technique)}, '--host', 'nehalem-2009', '--samples', '0', '--json'];
  const {status, stdout, stderr} = spawnSync(process.execPath, argv, {encoding: 'utf8', cwd: dirname(dirname(fileURLToPath(import.meta.url))), maxBuffer: 2 ** 28});
  return {status, stderr, cells: status === 2 ? [] : JSON.parse(stdout).cells};
}

const first = run();
const mine = first.cells.filter(cell => cell.technique.name !== 'native');

test('the command line takes it and nothing fails', () => assert.equal(first.status, 0, first.stderr));

for (const workload of workloads) {
  test(\`\${workload}: what bare metal computes, every cycle accounted for\`, () => {
    const cell = mine.find(each => each.workload === workload);
    assert.ok(cell, first.stderr);
    assert.equal(cell.outcome, 'completed', cell.reason);
    assert.equal(cell.equivalence.verdict, 'equivalent', cell.equivalence.detail);
    const charged = cell.events.reduce((sum, event) => sum + event.count * event.unitCost, 0);
    assert.equal(charged + cell.cycles.byCategory.idle, cell.cycles.region);
  });
}

test('the same run gives the same counts', () => {
  assert.deepEqual(run().cells, first.cells);
});
`;
};
