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
