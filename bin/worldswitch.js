#!/usr/bin/env node
// Plain JavaScript that any Node from 18 on can parse: finds the Node 24 that came with the package,
// builds when nothing has been built, and hands over to the command line.
import {spawn, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {constants} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const self = fileURLToPath(import.meta.url);
const require = createRequire(import.meta.url);

/** Absolute path of the Node binary the registry delivered for this platform, or null. */
function bundledNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  for (const name of [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]) {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`));
      for (const binary of ['bin/node', 'bin/node.exe']) {
        if (existsSync(join(folder, binary))) return join(folder, binary);
      }
    } catch {}
  }
  return null;
}

/** Runs this launcher again under `node`, passing signals and status through. */
function reexecute(node) {
  const child = spawn(node, [self, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {...process.env, WORLDSWITCH_REEXECUTED: '1'},
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', error => {
    process.stderr.write(`worldswitch: ${node} cannot be run: ${error.message}\n`);
    process.exit(78);
  });
  child.on('exit', (status, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 1) : (status ?? 1)));
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    const node = process.env.WORLDSWITCH_REEXECUTED ? null : bundledNode();
    if (node) return reexecute(node);
    process.stderr.write(
      `worldswitch: Node ${process.versions.node} is too old and the bundled Node 24 is missing; run 'npm ci' without --omit=optional, or use Node 24 or newer.\n`,
    );
    process.exit(78);
  }
  const entry = join(root, 'dist', 'src', 'cli', 'main.js');
  if (!existsSync(entry)) {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const built = spawnSync(process.execPath, [tsc, '-p', root], {stdio: ['ignore', 2, 2]});
    if (built.status !== 0) {
      process.stderr.write("worldswitch: nothing is built and building failed; run 'npm ci' in its folder.\n");
      process.exit(78);
    }
  }
  process.env.NODE_ENV ??= 'production';
  (await import('node:module')).enableCompileCache?.();
  const {main: run} = await import(pathToFileURL(entry).href);
  process.exitCode = await run(process.argv.slice(2));
}

await main();
