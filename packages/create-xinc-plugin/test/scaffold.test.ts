import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KIND_NAMES } from '../src/kinds.js';
import { namesOf } from '../src/names.js';
import { filesOf, writeFiles } from '../src/scaffold.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'create-xinc-plugin-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each(KIND_NAMES)('a new %s', (kind) => {
  const files = filesOf(kind, namesOf('@me/xinc-plugin-ripples'));
  const manifest = JSON.parse(files.get('package.json')!);

  test('has its own name everywhere, and nothing of the template', () => {
    expect(manifest.name).toBe('@me/xinc-plugin-ripples');
    expect(files.get('README.md')).toMatch(/^# @me\/xinc-plugin-ripples\n/);
    const texts = [...files.values()].join('\n');
    expect(texts).toContain("name: 'ripples'");
    expect(texts).not.toContain(`my-${kind}`);
  });

  test('holds what its package needs, and a file that git reads', () => {
    const common = ['.gitignore', 'README.md', 'package.json', 'tsconfig.json', 'tsup.config.ts', 'vitest.config.ts'];
    expect([...files.keys()]).toEqual(expect.arrayContaining([...common, 'src/index.ts', `test/${kind}.test.ts`]));
    expect([...files.keys()].filter((path) => /node_modules|dist|^gitignore/.test(path))).toEqual([]);
  });

  test('is made for the contract that this XINC has, with the tools that this repository has', async () => {
    const { CONTRACT } = await import('@xinc/core');
    expect(manifest.xinc.contract).toBe(CONTRACT);
    expect(manifest.keywords).toEqual(['xinc-plugin']);
    const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
    const [own, root] = [read('../package.json'), read('../../../package.json')];
    const { zod, tsup, typescript, vitest, ...rest } = { ...manifest.dependencies, ...manifest.devDependencies };
    expect({ zod, tsup, typescript, vitest }).toEqual({
      zod: own.devDependencies.zod,
      tsup: root.devDependencies.tsup,
      typescript: root.devDependencies.typescript,
      vitest: root.devDependencies.vitest,
    });
    if (rest['happy-dom']) expect(rest['happy-dom']).toBe(own.devDependencies['happy-dom']);
    // In a clone, its folders: these packages are built there.
    for (const [name, version] of Object.entries(rest).filter(([name]) => name.startsWith('@xinc/'))) {
      expect(version).toMatch(/^file:/);
      expect(read(`${String(version).slice('file:'.length)}/package.json`).name).toBe(name);
    }
  });
});

describe('writing', () => {
  const files = new Map([
    ['a.txt', 'a'],
    ['src/b.txt', 'b'],
  ]);
  const names = () => readdirSync(folder).sort();

  test('makes the folder and those above it', () => {
    writeFiles(join(folder, 'deep', 'er'), files);
    expect(readFileSync(join(folder, 'deep', 'er', 'src', 'b.txt'), 'utf8')).toBe('b');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['er']);
  });

  test('fills a folder that is empty', () => {
    mkdirSync(join(folder, 'empty'));
    writeFiles(join(folder, 'empty'), files);
    expect(readdirSync(join(folder, 'empty')).sort()).toEqual(['a.txt', 'src']);
    expect(names()).toEqual(['empty']);
  });

  test('refuses a folder that holds something, and a file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeFiles(folder, files)).toThrow(`${folder} is not empty: name a folder that is not there yet`);
    expect(() => writeFiles(join(folder, 'file'), files)).toThrow('is a file: name a folder that is not there yet');
    expect(names()).toEqual(['file']);
  });

  test('leaves nothing where not everything can be written', () => {
    const impossible = new Map([...files, ['a.txt/under-a-file', '']]);
    expect(() => writeFiles(join(folder, 'deep', 'er'), impossible)).toThrow(/er cannot be written: /);
    mkdirSync(join(folder, 'empty'));
    expect(() => writeFiles(join(folder, 'empty'), impossible)).toThrow(/empty cannot be written: /);
    expect(names()).toEqual(['empty']);
    expect(existsSync(join(folder, 'empty', 'a.txt'))).toBe(false);
  });
});
