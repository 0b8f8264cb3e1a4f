import test from 'ava';
import {HOSTS} from './catalogue.ts';
import {COST_NAMES} from './costs.ts';
import type {Figure, HostProfile} from './profile.ts';
import {citedKeys, SOURCES} from './sources.ts';

type Sourced = Pick<Figure, 'source' | 'grade'>;

const sourced = (host: HostProfile): ReadonlyArray<readonly [string, Sourced]> => [
  ['clock', host.clock], ['tlb', host.tlb], ['walkCaches', host.walkCaches],
  ...COST_NAMES.map(name => [name, host.costs[name]] as const),
];

/** Sums of products, left to right: all that the sources write. */
function evaluate(expression: string): number {
  const term = (text: string) => text.trim().split(/ (?=[*/] )/).reduce((product, factor) => {
    const value = Number(factor.replace(/^[*/] /, ''));
    return factor.startsWith('/') ? product / value : product * value;
  }, 1);
  return expression.split(/ (?=[+-] )/).reduce((sum, part) =>
    sum + (part.startsWith('- ') ? -term(part.slice(2)) : term(part.replace(/^\+ /, ''))), 0);
}

for (const host of HOSTS) {
  test(`${host.name}: every source cited is in the bibliography`, t => {
    for (const [name, {source}] of sourced(host)) {
      t.true(source.length > 10, `${name} has no source`);
      for (const key of citedKeys(source)) t.true(Object.hasOwn(SOURCES, key), `${name} cites ${key}`);
    }
  });

  test(`${host.name}: what is published or derived names its publication`, t => {
    for (const [name, {source, grade}] of sourced(host)) {
      if (grade === 'published' || grade === 'derived') t.true(citedKeys(source).length > 0, name);
    }
  });

  test(`${host.name}: what is remembered states a confidence`, t => {
    for (const [name, {source, grade}] of sourced(host)) {
      if (grade === 'remembered') t.regex(source, /confidence 0\.\d/, name);
    }
  });

  test(`${host.name}: a published figure stands in its source`, t => {
    for (const name of COST_NAMES) {
      const {source, grade, value} = host.costs[name];
      if (grade !== 'published' || source.endsWith('its middle')) continue;
      t.regex(source, new RegExp(`\\b${value}$`), name);
    }
  });

  test(`${host.name}: the arithmetic of derived figures holds`, t => {
    for (const name of COST_NAMES) {
      const {source, grade, value} = host.costs[name];
      if (grade !== 'derived') continue;
      const equations = Array.from(source.matchAll(/(\d[\d.]*(?: [-+*/] [\d.]+)+) = ([\d.]+\d|\d)/g));
      t.true(equations.length > 0, `${name} shows no arithmetic`);
      for (const [equation, left, right] of equations) t.true(Math.abs(evaluate(left) - Number(right)) < 0.5, `${name}: ${equation}`);
      t.true(Math.abs(Number(equations.at(-1)?.[2]) / value - 1) < 0.005, `${name}: ${value} is not what it derives`);
    }
  });
}
