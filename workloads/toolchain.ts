// gcc and ld as the images need them: freestanding code for i686, and nothing in the output that depends on where or when.
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import * as v from 'valibot';

const COMPILE = [
  '-m32', '-march=i686', '-std=gnu17', '-O2', '-ffreestanding', '-fno-pic', '-fno-stack-protector', '-fno-asynchronous-unwind-tables',
  '-fno-ident', '-mno-sse', '-mno-mmx', '-mno-80387', '-nostdlib', '-Wall', '-Wextra', '-Werror', '-Wa,--noexecstack',
];
const LINK = ['-m', 'elf_i386', '-nostdlib', '--build-id=none', '--strip-all', '--nmagic', '-z', 'noexecstack'];

const toolchainSchema = v.object({gcc: v.string(), ld: v.string(), images: v.record(v.string(), v.string())});

/** `toolchain.json`: what the committed images were built with, and their SHA-256 by file name. */
export type Toolchain = v.InferOutput<typeof toolchainSchema>;

export const readToolchain = (folder: URL): Toolchain =>
  v.parse(toolchainSchema, JSON.parse(readFileSync(new URL('toolchain.json', folder), 'utf8')));

/** Runs a tool and returns what it printed. Throws one sentence with the tool's own words if it is missing or fails. */
const runTool = (tool: string, options: readonly string[], folder?: URL): string => {
  const result = spawnSync(tool, options, {encoding: 'utf8', ...(folder && {cwd: fileURLToPath(folder)})});
  if (result.error) throw new Error(`cannot run ${tool} (${result.error.message}); install gcc with 32-bit support and binutils`);
  if (result.status !== 0) throw new Error(`${tool} failed for ${options.at(-1)}:\n${result.stderr}`);
  return result.stdout;
};

/** The first line of `--version`. */
export const toolVersion = (tool: 'gcc' | 'ld'): string => runTool(tool, ['--version']).split('\n', 1)[0];

/** Folders of headers. All paths are relative to the package's folder, so that they mean the same everywhere. */
const INCLUDE = ['workloads/kernel', 'workloads/drivers', 'workloads/network', 'workloads/freestanding', 'workloads/user'];

const includes = (layer?: string): string[] => [...INCLUDE, ...(layer ? [layer] : [])].map((path) => `-I${path}`);

/** Compiles or assembles one file. `layer` is the folder of the kernel's paravirt layer, for files of the kernel. */
export const compile = (folder: URL, source: string, output: string, layer?: string): void => {
  runTool('gcc', [...COMPILE, ...includes(layer), '-c', '-o', output, source], folder);
};

/** A linker script written with the kernel's own constants. */
export const preprocess = (folder: URL, script: string, output: string, layer: string): void => {
  runTool('gcc', ['-E', '-P', '-x', 'c', ...includes(layer), '-o', output, script], folder);
};

/** Bytes of code, constants and initialized data in some objects together. */
export const objectBytes = (objects: readonly string[]): number =>
  runTool('size', objects).trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/))
    .reduce((sum, [text, data]) => sum + Number(text) + Number(data), 0);

export const link = (script: string, objects: readonly string[], output: string): void => {
  runTool('ld', [...LINK, '-T', script, '-o', output, ...objects]);
};
