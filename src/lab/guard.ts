// Guarded calls into plugins: whatever a strategy throws, from `create` or from any hook, becomes a PluginError that
// names plugin, hook, cell and file. The machine's own control flow (a guest fault in flight) passes untouched.
import type {PluginKind} from '../vmm/plugin.ts';
import {messageOf} from './usage-error.ts';

/** Who is being called, for the sentence. */
export interface Callee {
  readonly kind: PluginKind;
  readonly name: string;
  readonly file: string;
  /** Key of the cell that runs. */
  readonly cell: string;
}

export class PluginError extends Error {
  override readonly name = 'PluginError';
  readonly plugin: string;
  readonly hook: string;
  readonly cell: string;
  readonly file: string;

  constructor(callee: Callee, hook: string, cause: unknown) {
    const place = placeWithin(cause, callee.file);
    super(`plugin ${callee.kind}/${callee.name} failed in ${hook}() in cell '${callee.cell}': ${messageOf(cause)} (${place})`, {cause});
    this.plugin = `${callee.kind}/${callee.name}`;
    this.hook = hook;
    this.cell = callee.cell;
    this.file = callee.file;
  }
}

/** `file:line:column` of the innermost frame inside the plugin's own file, else the file alone. */
function placeWithin(cause: unknown, file: string): string {
  const stack = cause instanceof Error ? (cause.stack ?? '') : '';
  const at = stack.indexOf(`${file}:`);
  return at < 0 ? file : (/^[^\n)]*/.exec(stack.slice(at))?.[0] ?? file);
}

type Method = (...args: unknown[]) => unknown;

export interface Guard {
  readonly callee: Callee;
  /** True for what the machine throws on purpose (a guest fault in flight): it passes through. */
  readonly isControlFlow: (thrown: unknown) => boolean;
}

/** Calls `hook` once and attributes what it throws. */
export function guardedCall<T>(guard: Guard, hook: string, call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    throw attributed(guard, hook, thrown);
  }
}

function attributed({callee, isControlFlow}: Guard, hook: string, thrown: unknown): unknown {
  return thrown instanceof PluginError || isControlFlow(thrown) ? thrown : new PluginError(callee, hook, thrown);
}

function guardedMethod(guard: Guard, owner: object, [hook, method]: readonly [string, Method]): Method {
  return (...args) => {
    try {
      return method.apply(owner, args);
    } catch (thrown) {
      throw attributed(guard, hook, thrown);
    }
  };
}

/** Property names of an object and its prototypes, nearest first, without those every object has. */
function* propertyNames(object: object): Generator<string> {
  const seen = new Set(['constructor']);
  for (let owner: object | null = object; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as object | null) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (!seen.has(name)) yield name;
      seen.add(name);
    }
  }
}

/**
 * An object with the same methods, each guarded and called on the original; other properties read and write through.
 * Absent hooks stay absent. Why: no Proxy, so that a hook stays a plain monomorphic method.
 */
export function guardedObject<T extends object>(original: T, guard: Guard): T {
  const guarded: Record<string, unknown> = {};
  const source = original as Record<string, unknown>;
  for (const name of propertyNames(original)) {
    const value = guardedCall(guard, name, () => source[name]);
    if (typeof value === 'function') {
      guarded[name] = guardedMethod(guard, original, [name, value as Method]);
    } else {
      Object.defineProperty(guarded, name, {
        enumerable: true, get: () => source[name], set: (next: unknown) => { source[name] = next; },
      });
    }
  }
  return guarded as T;
}

/** Runs a definition's `create` guarded and guards every method of the strategy it returns. */
export function createGuarded<T extends object>(guard: Guard, create: () => T): T {
  const strategy: unknown = guardedCall(guard, 'create', create);
  if (typeof strategy !== 'object' || strategy === null) {
    throw new PluginError(guard.callee, 'create', new Error(`returned ${strategy === null ? 'null' : typeof strategy} instead of a strategy`));
  }
  return guardedObject(strategy as T, guard);
}
