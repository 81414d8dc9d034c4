import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { encodePng } from '@xinc/signals';
import { beforeAll, describe, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

/* The commands and the Python of docs/interoperability.md, as they stand there. */
const work = workFolder();
const page = readFileSync(new URL('../../../docs/interoperability.md', import.meta.url), 'utf8');
const section = page.slice(page.indexOf('\n## Into Python'));
const blocks = (language: string) =>
  [...section.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code);
const commands = blocks('sh').flatMap((block) => block.trim().split('\n'));
const snippets = blocks('python');

/** Python as it is called here; `XINC_PYTHON` names another, or several as in `PATH`. */
const python = [...(process.env.XINC_PYTHON ?? '').split(delimiter), 'python3', 'python'].find(
  (name) => name && spawnSync(name, ['-c', 'import sys; assert sys.version_info >= (3, 8)']).status === 0,
);
const installed = new Map<string, boolean>();
const hasModule = (name: string): boolean => {
  const known =
    installed.get(name) ?? (python !== undefined && spawnSync(python, ['-c', `import ${name}`]).status === 0);
  installed.set(name, known);
  return known;
};

beforeAll(async () => {
  await mkdir(work.file('frames'));
  for (let frame = 0; frame < 3; frame++) {
    const rgb = Float32Array.from({ length: 3 * 16 * 24 }, (_, i) => ((i + 40 * frame) % 256) / 255);
    await writeFile(work.file(`frames/${frame}.png`), await encodePng({ height: 16, width: 24, rgb }));
  }
  const prepared = [
    ['train', 'picture.png', '--out', 'RUN', '--steps', '60', '--set', 'width=12'],
    ['analyze', 'RUN', 'canvas'],
    ['train', 'frames', '--out', 'CLIP', '--steps', '20', '--set', 'strides=2,2', '--set', 'parameters=20000'],
    ...commands.map((line) => line.split(/\s+/).slice(1)),
  ];
  for (const args of prepared) {
    const { status, stderr } = await xinc(args, { cwd: work.path });
    expect(status, `xinc ${args.join(' ')}\n${stderr}`).toBe(0);
  }
}, 60_000);

test('the page shows every export with its command', () => {
  for (const line of commands) expect(line).toMatch(/^xinc (trace|export) /);
  for (const format of ['onnx', 'safetensors', 'npz']) expect(commands.join('\n')).toContain(`--format ${format}`);
  expect(snippets.length).toBeGreaterThanOrEqual(7);
});

describe('the Python on the page', () => {
  for (const code of snippets) {
    const modules = [...code.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name);
    const missing = python === undefined ? ['Python'] : modules.filter((name) => !hasModule(name));
    const needs = missing.length > 0 ? ` (needs ${missing.join(', ')})` : '';
    test.skipIf(missing.length > 0)(`runs: ${modules.join(', ')}: ${title(code)}${needs}`, async () => {
      await writeFile(work.file('snippet.py'), code);
      await promisify(execFile)(python!, ['snippet.py'], { cwd: work.path, encoding: 'utf8' });
    });
  }
});

/** The heading above a block. */
function title(code: string): string {
  const before = section.slice(0, section.indexOf(code));
  return /### ([^\n]+)\n[^#]*$/.exec(before)?.[1] ?? '';
}
