import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONTRACT, contractProblem } from '../../contract.js';
import { discoverPlugins } from './discover.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-plugins-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, content: string | object) {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const engine = (name: string) =>
  `export default { kind: 'engine', name: '${name}', title: '', devices: [], create() {} };`;

/** A package in node_modules. */
async function install(name: string, code: string, manifest: object = {}) {
  await write(`node_modules/${name}/package.json`, {
    name,
    version: '1.2.3',
    type: 'module',
    keywords: ['xinc-plugin'],
    xinc: './entry.js',
    ...manifest,
  });
  await write(`node_modules/${name}/entry.js`, code);
}

describe('plugin discovery', () => {
  test('finds plugin packages among the dependencies of the nearest package.json above', async () => {
    await write('package.json', { dependencies: { one: '*', '@scope/two': '*', plain: '*' } });
    await install('one', engine('first'));
    await install('@scope/two', engine('second'));
    await install('plain', 'throw new Error("executed")', { keywords: [] });
    await install('stranger', 'throw new Error("executed")');
    await mkdir(join(folder, 'deep', 'er'), { recursive: true });
    const registry = await discoverPlugins({ from: [join(folder, 'deep', 'er')] });
    expect(registry.all('engine').map(({ plugin }) => plugin.name)).toEqual(['first', 'second']);
    expect(registry.get('engine', 'second').origin).toMatchObject({ package: '@scope/two', version: '1.2.3' });
    expect(registry.broken).toEqual([]);
  });

  test('records a broken package by name and reason, and goes on', async () => {
    await write('package.json', { dependencies: { bad: '*', odd: '*', none: '*', good: '*' } });
    await install('bad', 'throw new Error("boom\\nand more")');
    await install('odd', 'export default { kind: "toaster", name: "x" }');
    await install('none', '', { xinc: undefined });
    await install('good', engine('fine'));
    const registry = await discoverPlugins({ from: [folder] });
    expect(registry.all('engine').map(({ plugin }) => plugin.name)).toEqual(['fine']);
    expect(registry.broken).toEqual([
      { package: 'bad', reason: 'boom (entry.js:1:7)' },
      { package: 'odd', reason: "a plugin's kind is 'toaster', not one of inr, grouping, analysis, engine" },
      {
        package: 'none',
        reason: "its package.json needs the keyword 'xinc-plugin' and a field 'xinc' naming its entry",
      },
    ]);
  });

  test('says of an entry that is not there to build it first, where there is a script for that', async () => {
    await write('package.json', { dependencies: { built: '*', plain: '*' } });
    await install('built', engine('first'), { xinc: { entry: './dist/index.js' }, scripts: { build: 'tsup' } });
    await install('plain', engine('second'), { xinc: { entry: './dist/index.js' } });
    expect((await discoverPlugins({ from: [folder] })).broken).toEqual([
      { package: 'built', reason: 'its entry ./dist/index.js is not there. Run npm run build in its folder first.' },
      { package: 'plain', reason: 'its entry ./dist/index.js is not there' },
    ]);
  });

  test('does not follow an entry out of its package', async () => {
    await write('package.json', { dependencies: { sly: '*' } });
    await write('outside.js', engine('outside'));
    await install('sly', '', { xinc: '../../outside.js' });
    const registry = await discoverPlugins({ from: [folder] });
    expect(registry.broken).toEqual([{ package: 'sly', reason: 'its entry ../../outside.js lies outside it' }]);
  });

  test('knows the panel that a package ships, and none outside it', async () => {
    await write('package.json', { dependencies: { shown: '*', sly: '*', odd: '*', plain: '*' } });
    await install('shown', engine('first'), { xinc: { entry: './entry.js', panel: './panel.js' } });
    await install('sly', engine('second'), { xinc: { entry: './entry.js', panel: '../../secret.js' } });
    await install('odd', engine('third'), { xinc: { entry: './entry.js', panel: 7 } });
    await install('plain', engine('fourth'), { xinc: { entry: './entry.js' } });
    const registry = await discoverPlugins({ from: [folder] });
    const { origin } = registry.get('engine', 'first');
    expect(origin.panel).toBe(join(dirname(origin.path), 'panel.js'));
    expect(registry.get('engine', 'fourth').origin).not.toHaveProperty('panel');
    expect(registry.broken).toEqual([
      { package: 'sly', reason: 'its panel ../../secret.js lies outside it' },
      { package: 'odd', reason: "the field 'xinc.panel' of its package.json does not name a file" },
    ]);
  });

  test('executes nothing of a package that is made for another contract, and says what to do', async () => {
    await write('package.json', { dependencies: { newer: '*', odd: '*', same: '*', silent: '*' } });
    const executed = 'throw new Error("executed");';
    await install('newer', executed, { xinc: { entry: './entry.js', contract: CONTRACT + 1 } });
    await install('odd', executed, { xinc: { entry: './entry.js', contract: 'latest' } });
    await install('same', engine('first'), { xinc: { entry: './entry.js', contract: CONTRACT } });
    await install('silent', engine('second'));
    const registry = await discoverPlugins({ from: [folder] });
    expect(registry.broken).toEqual([
      { package: 'newer', reason: contractProblem(CONTRACT + 1) },
      { package: 'odd', reason: contractProblem('latest') },
    ]);
    expect(registry.get('engine', 'first').origin.contract).toBe(CONTRACT);
    expect(registry.get('engine', 'second').origin).not.toHaveProperty('contract');
    const given = discoverPlugins({ from: [], paths: [join(folder, 'node_modules', 'newer')] });
    await expect(given).rejects.toThrow(`cannot be used: it is made for contract ${CONTRACT + 1} of plugins, and`);
  });

  test('names both packages of a clash', async () => {
    await write('package.json', { dependencies: { one: '*', two: '*' } });
    await install('one', engine('same'));
    await install('two', engine('same'));
    await expect(discoverPlugins({ from: [folder] })).rejects.toThrow(
      /The engine 'same' comes from both one \(.*\) and two \(.*\)\. Remove one of the two\./,
    );
  });

  test('loads a package once, however often it is reached', async () => {
    await write('package.json', { dependencies: { one: '*' } });
    await install('one', engine('first'));
    const registry = await discoverPlugins({ from: [folder, folder], paths: [join(folder, 'node_modules', 'one')] });
    expect(registry.all('engine')).toHaveLength(1);
  });

  test('loads modules and packages by path, and refuses what is none', async () => {
    const module = await write('loose.mjs', engine('loose'));
    const text = await write('notes.txt', 'hello');
    const registry = await discoverPlugins({ from: [], paths: [module] });
    expect(registry.get('engine', 'loose').origin.path).toBe(module);
    const refused = async (path: string) => discoverPlugins({ from: [], paths: [path] });
    await expect(refused(join(folder, 'nothing'))).rejects.toThrow('there is no such file or folder');
    await expect(refused(text)).rejects.toThrow(/`plugin: .*notes.txt` cannot be used: /);
    await expect(refused(folder)).rejects.toThrow("its package.json needs the keyword 'xinc-plugin'");
  });

  test('an unknown plugin is answered with those there are, and with what failed to load', async () => {
    await write('package.json', { dependencies: { bad: '*', good: '*' } });
    await install('bad', 'throw new Error("boom")');
    await install('good', engine('fine'));
    const registry = await discoverPlugins({ from: [folder] });
    expect(() => registry.get('engine', 'ort')).toThrow(
      "There is no engine 'ort' (could not be loaded: bad, boom (entry.js:1:7)). Known: fine.",
    );
  });

  test('what is wrong with a plugin names its package once', async () => {
    await write('package.json', { dependencies: { bad: '*' } });
    await install('bad', 'export default { kind: "analysys", name: "a" };');
    const [{ package: name, reason }] = (await discoverPlugins({ from: [folder] })).broken;
    expect(name).toBe('bad');
    expect(reason).toMatch(/^a plugin's kind is 'analysys', not one of /);
  });

  test.each<[string, string, string, object?]>([
    [
      'a syntax error',
      'export default {\n  kind: "engine",\n  name = 3,\n};',
      'Invalid shorthand property initializer (entry.js:3)',
    ],
    ['a mistake in its text', '\n\nexport default undefinedName;', 'undefinedName is not defined (entry.js:3:16)'],
    [
      'a package that is missing',
      "import 'nowhere-to-be-found';",
      "entry.js needs the package 'nowhere-to-be-found', which is not installed; run npm install there",
    ],
    ['a file that is missing', "import './nowhere.js';", 'Cannot find module'],
    [
      'no default export',
      'export const plugin = {};',
      'entry.js has no default export, only plugin. Write export default',
    ],
    [
      'CommonJS in an ES module',
      'module.exports = {};',
      'entry.js is written as CommonJS, and is loaded as an ES module; write export default, or call it .cjs',
    ],
    [
      'no schema',
      "export default { kind: 'analysis', name: 'a', title: '', description: '', request() {}, analyze() {} };",
      "analysis 'a' has no zod schema 'options'",
    ],
    [
      'no title',
      "export default { kind: 'engine', name: 'e', devices: [], create() {} };",
      "engine 'e' has no text 'title'",
    ],
    [
      'signals of another kind',
      "export default { kind: 'inr', name: 'm', title: '', description: '', config: { safeParse: () => ({ success: true }) }, signals: ['audio'], build() {} };",
      "inr 'm' has the signal 'audio', not one of image, video",
    ],
    [
      'a setting without a default',
      "export default { kind: 'grouping', name: 'g', title: '', description: '', options: { safeParse: () => ({ success: false, error: { issues: [{ path: ['count'], message: 'missing' }] } }) }, label() {} };",
      "grouping 'g', options: count: missing; every setting needs a default",
    ],
  ])('%s is told in a line', async (_what, code, reason, manifest = {}) => {
    await write('package.json', { dependencies: { bad: '*' } });
    await install('bad', code, manifest);
    const { broken } = await discoverPlugins({ from: [folder] });
    expect(broken).toEqual([{ package: 'bad', reason: expect.stringContaining(reason) }]);
    expect(broken[0].reason).not.toContain('\n');
  });

  test('executes nothing of a project without the user’s word, and keeps what it named', async () => {
    await write('package.json', { dependencies: { near: '*', '../near': '*' } });
    await install('near', 'throw new Error("executed")');
    const registry = await discoverPlugins({ from: [], projects: [folder] });
    const packages = { folder: await realpath(folder), packages: ['near'], reason: 'it is not trusted' };
    expect(registry.untrusted).toEqual([packages]);
    expect(registry.broken).toEqual([]);
    expect(() => registry.get('engine', 'near')).toThrow(
      /There is no engine 'near' \(not loaded, since .* is not trusted: near\)/,
    );
  });
});
