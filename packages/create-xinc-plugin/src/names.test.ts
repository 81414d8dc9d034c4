import { checkPlugins } from '@xinc/core/testing';
import { expect, test } from 'vitest';
import { nameOfFolder, nameProblem, namesOf } from './names.js';

test.each([
  ['ripples', 'ripples'],
  ['xinc-plugin-ripples', 'ripples'],
  ['@me/ripples', 'ripples'],
  ['@me/xinc-plugin-ripples', 'ripples'],
])('%s is taken, and its plugin is called %s', (name, plugin) => {
  expect(nameProblem(name)).toBeUndefined();
  expect(namesOf(name)).toEqual({ package: name, plugin });
});

test.each([
  ['Ripples', "npm does not take the name 'Ripples': name can no longer contain capital letters"],
  ['a b', "npm does not take the name 'a b': name can only contain URL-friendly characters"],
  ['node_modules', "npm does not take the name 'node_modules': node_modules is not a valid package name"],
  ['http', "npm does not take the name 'http': http is a core module name"],
  ['', "npm does not take the name '': name length must be greater than zero"],
  ['3d', "the plugin would be called '3d'; such names begin with a letter"],
  ['a.b', "the plugin would be called 'a.b'; such names begin with a letter"],
  ['@me/a_b', "the plugin would be called 'a_b'; such names begin with a letter"],
  ['xinc-plugin-nul', "the plugin would be called 'nul', which Windows keeps for devices"],
])('%j is refused with the reason', (name, problem) => {
  expect(nameProblem(name)).toContain(problem);
});

test('a package is called as its folder, in small letters', () => {
  expect(nameOfFolder('/somewhere/My-Net')).toBe('my-net');
});

const reserved = [
  'con',
  'prn',
  'aux',
  'nul',
  ...['com', 'lpt'].flatMap((port) => [0, 1, 5, 9].map((n) => `${port}${n}`)),
];

test.each([
  'ripples',
  'a',
  'x-2-y',
  'a-',
  'a'.repeat(64),
  'a'.repeat(65),
  '2d',
  '-a',
  'a.b',
  'a_b',
  'a~b',
  ...reserved.flatMap((name) => [name, `${name}x`, `${name}-1`, `${name}.js`, `${name}1`]),
])('@me/%s is taken where XINC takes a plugin of that name', (plugin) => {
  const engine = { kind: 'engine', name: plugin, title: 'An engine', devices: ['cpu'], create: async () => undefined };
  const accepts = (check: () => unknown) => {
    try {
      check();
      return true;
    } catch {
      return false;
    }
  };
  const here = nameProblem(`@me/xinc-plugin-${plugin}`) === undefined;
  expect(here).toBe(accepts(() => checkPlugins(engine, '@me')));
});
