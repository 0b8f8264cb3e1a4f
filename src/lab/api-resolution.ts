// Lets a plugin or a configuration file anywhere import 'worldswitch' and get the running instance, and lets unbuilt
// .ts files load as modules without a package.json beside them. Registered once for each thread.
import {registerHooks} from 'node:module';
import {BUILT} from './own-files.ts';

const API = new URL('src/index.js', BUILT).href;

let registered = false;

export function resolveApiToThisInstance(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'worldswitch') return {url: API, format: 'module', shortCircuit: true};
      const resolved = next(specifier, context);
      // Why: without a "type" field nearby Node would try CommonJS first and warn on standard error.
      return resolved.url.endsWith('.ts') && resolved.format == null ? {...resolved, format: 'module-typescript'} : resolved;
    },
  });
}
