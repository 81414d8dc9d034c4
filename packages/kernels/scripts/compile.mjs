import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/* Compiles assembly/ and wraps the result in a module, so that every bundler, browser and worker loads it alike. */
const root = fileURLToPath(new URL('..', import.meta.url));
const { error, stdout, stderr } = await asc.main(
  [
    'assembly/index.ts',
    '--outFile',
    'src/generated/kernels.wasm',
    '-O3',
    '--noAssert',
    '--enable',
    'simd',
    '--runtime',
    'stub',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
  ],
  { baseDir: root },
);
if (error) {
  console.error(stdout.toString(), stderr.toString(), error.message);
  process.exit(1);
}
const wasm = new URL('../src/generated/kernels.wasm', import.meta.url);
const bytes = await readFile(wasm);
await rm(wasm);
await mkdir(new URL('../src/generated', import.meta.url), { recursive: true });
await writeFile(
  new URL('../src/generated/wasm-bytes.ts', import.meta.url),
  `/** The kernels, compiled from assembly/ by scripts/compile.mjs; base64. */\nexport const WASM_BASE64 =\n  '${bytes.toString('base64')}';\n`,
);

/* The fields of `Reduction`, each of four bytes, in their order: told once, in assembly/reduce.ts. */
const source = await readFile(new URL('../assembly/reduce.ts', import.meta.url), 'utf8');
const [, body] = /export class Reduction \{\n(.*?)\n\}/s.exec(source);
const fields = [...body.matchAll(/^ {2}(\w+): (?:i32|usize);$/gm)].map(([, name]) => `  '${name}',\n`);
await writeFile(
  new URL('../src/generated/reduction-fields.ts', import.meta.url),
  `/** The fields of \`Reduction\` in assembly/reduce.ts, in their order; by scripts/compile.mjs. */\nexport const REDUCTION_FIELDS = [\n${fields.join('')}] as const;\n`,
);
