import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors, encodeNpy, encodeSafetensors } from '@xinc/core/formats';
import { encodePng } from '@xinc/signals';
import { describe, expect, test } from 'vitest';
import { fixture } from '../../checkpoints/test/fixtures.js';
import { call, dict, global, pickle, pickleOf } from '../../checkpoints/test/pickle-writer.js';
import { stateDict, tensor, torchFile, type WrittenTensor } from '../../checkpoints/test/torch-writer.js';
import { zipFile } from '../../checkpoints/test/zip-writer.js';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const BIN = fileURLToPath(new URL('../bin/xinc.js', import.meta.url));

/** Weights as a run holds them, [name, values]. */
async function weightsOf(run: string): Promise<Record<string, number[]>> {
  const { tensors } = decodeSafetensors(await readFile(`${run}/weights.safetensors`), run);
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, [...data]]));
}

describe('xinc import', () => {
  test.each(['protocol2.pt', 'protocol5.pt', 'bfloat16.pt', 'views.pt', 'module.pt', 'lightning.ckpt'])(
    'takes what PyTorch wrote as %s: the same weights, to the bit',
    async (name) => {
      const [file, run] = [work.file(name), work.file(`run-${name}`)];
      await writeFile(file, fixture(`torch/${name}`));
      const args = ['import', file, '--model', 'ffn', '--signal', work.picture, '--out', run];
      const { status, stderr } = await xinc(args);
      expect(status, stderr).toBe(0);
      expect(stderr).toContain('fourierFeatures = 3, from the names and shapes of the weights');
      let count = 0;
      const next = (size: number) => Array.from({ length: size }, () => count++ / 8 - 1);
      expect(await weightsOf(run)).toEqual({
        frequencies: next(6),
        'layer1.weight': next(24),
        'layer1.bias': next(4),
        'layer2.weight': next(12),
        'layer2.bias': next(3),
      });
      if (name === 'lightning.ckpt') expect(stderr).toMatch(/not loaded, only read past: .*argparse\.Namespace/);
    },
  );
});

describe('an import that does not look like its signal', () => {
  const other = () => work.file('other.png');
  const import_ = (file: string, run: string, ...args: string[]) =>
    xinc(['import', file, '--signal', other(), '--out', work.file(run), ...args]);

  test('says so, and what was assumed', async () => {
    const rgb = Float32Array.from({ length: 3 * 16 * 24 }, (_, i) => (Math.floor(i / 3) % 2) as number);
    await writeFile(other(), await encodePng({ height: 16, width: 24, rgb }));
    const trained = ['--set', 'strides=2,2', '--set', 'parameters=6000', '--set', 'output=sigmoid'];
    const run = work.file('nerv');
    const args = ['train', other(), '--model', 'nerv', '--steps', '2', '--out', run, ...trained];
    expect((await xinc(args)).status).toBe(0);
    const weights = join(run, 'weights.safetensors');
    const unlike = await import_(weights, 'nerv-imported', '--model', 'nerv');
    expect(unlike.stderr).toMatch(
      /assumed, since the weights do not show it:\n +--set output=tanh +or sigmoid, 0, 0\.5\n +--set activation=gelu +or relu, .*\n +--set encodingBase=1\.25 +or 2\n +--set encodingOrder=halves +or pairs\n/,
    );
    expect(unlike.stdout).toMatch(
      /\nWarning: below 15 dB, what the network draws does not look like other\.png\. .*what was assumed: output, activation, encodingBase, encodingOrder/,
    );
    expect(unlike.stdout).not.toContain('Next:');
    const said = ['output=sigmoid', 'activation=gelu', 'encodingBase=1.25', 'encodingOrder=halves'];
    const settings = said.flatMap((setting) => ['--set', setting]);
    const known = await import_(weights, 'nerv-said', '--model', 'nerv', ...settings);
    expect(known.stderr).not.toContain('assumed');
  });

  test('names the size that the file says it was trained at', async () => {
    const run = work.file('sized');
    const args = ['train', work.picture, '--steps', '200'];
    expect((await xinc([...args, '--out', run])).status).toBe(0);
    const file = work.file('sized.npz');
    expect((await xinc(['export', run, '--format', 'npz', '--out', file])).status).toBe(0);
    const smaller = await import_(file, 'smaller', '--model', 'ffn');
    expect(smaller.status, smaller.stderr).toBe(0);
    expect(smaller.stdout).toContain(
      'Warning: the network was trained on an image of 18 × 26 pixels, and the signal is an image of 16 × 24 pixels. Give its size with --size 18x26',
    );
    const same = ['import', file, '--model', 'ffn', '--signal', work.picture, '--out', work.file('same')];
    const { stdout } = await xinc(same);
    expect(stdout).not.toContain('Warning');
    expect(stdout).toContain(`\nNext: xinc analyze ${work.file('same')}`);
  });
});

const FFN = { B: [10, 2], 'net.0.weight': [12, 20], 'net.0.bias': [12], 'net.2.weight': [3, 12], 'net.2.bias': [3] };
const { content, storages } = stateDict(FFN);
const whole = torchFile({ content, storages });
const header = (json: object) => {
  const text = Buffer.from(JSON.stringify(json));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
};
/** An archive with one tensor over a storage of 16 bytes. */
const lying = (lie: Omit<WrittenTensor, 'key'>) =>
  torchFile({
    content: dict({ 'net.0.weight': tensor({ key: '0', elements: 4, ...lie }) }),
    storages: { 0: new Uint8Array(16) },
  });
/** Deflated to a thousandth. */
const zeros = new Uint8Array(300_000_000);

/** What is broken, the file, and what the one line says. */
const broken: readonly [string, () => Uint8Array | Promise<Uint8Array>, RegExp][] = [
  ['an empty file', () => new Uint8Array(), /the file is empty$/],
  ['a text', () => Buffer.from('weights?'), /this is no checkpoint of a known kind\. PyTorch/],
  ['a picture', () => readFile(work.picture), /this is no checkpoint of a known kind/],
  [
    'half an archive',
    () => whole.subarray(0, whole.length / 2),
    /the file is truncated\. Copy or download it again\.$/,
  ],
  ['an archive without its last byte', () => whole.subarray(0, -1), /the file is truncated/],
  [
    'bytes glued before an archive',
    () => Buffer.concat([Buffer.from('PK'), whole]),
    /truncated|glued|not where its end/,
  ],
  [
    'half a file of the format before PyTorch 1.6',
    async () => (await fixture('torch/legacy.pt')).subarray(0, 501),
    /the pickle is cut short: 12 bytes are announced at byte 490, 11 are there/,
  ],
  [
    'a pickle that calls os.system',
    () => torchFile({ content: call(global('posix', 'system'), ['touch PWNED']) }),
    /holds no tensors\. It holds what Python makes by calling posix\.system, and nothing in a file is called here\.$/,
  ],
  [
    'a call of os.system among the weights',
    () =>
      torchFile({
        content: dict({
          state_dict: call(global('os', 'system'), ['touch PWNED']),
          w: tensor({ key: '0', shape: [4] }),
        }),
        storages: { 0: new Uint8Array(16) },
      }),
    /holds no network that the model 'ffn' recognises/,
  ],
  [
    'a tensor of 10 GB in a file of 1 kB',
    () => lying({ shape: [50_000, 50_000] }),
    /reaches element \d+ of a storage that holds 4/,
  ],
  [
    'a storage of 10 GB in a file of 1 kB',
    () => lying({ shape: [50_000, 50_000], elements: 2_500_000_000 }),
    /declares 10000000000 bytes and has 16/,
  ],
  [
    'a tensor of 10 GB whose strides are 0',
    () => lying({ shape: [50_000, 50_000], strides: [0, 0] }),
    /a tensor of shape 50000×50000 takes the file beyond the .* of memory that it is given/,
  ],
  ['a shape beyond all numbers', () => lying({ shape: [2 ** 40, 2 ** 40], strides: [0, 0] }), /impossible shape/],
  [
    'strides beyond the storage',
    () => lying({ shape: [2, 2], strides: [200, 1] }),
    /reaches element 201 of a storage that holds 4/,
  ],
  ['an offset beyond the storage', () => lying({ shape: [2, 2], offset: 1000 }), /reaches element 1003/],
  ['a negative stride', () => lying({ shape: [2, 2], strides: [-2, 1], offset: 2 }), /negative or fractional stride/],
  ['a stride too few', () => lying({ shape: [2, 2], strides: [1] }), /has 1 strides/],
  [
    'a dtype wider than its storage',
    () => lying({ shape: [2, 2], type: 'DoubleStorage' }),
    /declares 32 bytes and has 16/,
  ],
  [
    'weights that are whole numbers',
    () => {
      const entries = Object.entries(FFN).map(
        ([name, shape], i) => [name, tensor({ key: `${i}`, shape, type: 'LongStorage' })] as const,
      );
      const longs = Object.values(FFN).map((shape, i) => [`${i}`, new BigInt64Array(shape.reduce((a, b) => a * b, 1))]);
      return torchFile({ content: dict(Object.fromEntries(entries)), storages: Object.fromEntries(longs) });
    },
    /does not fit the model: 4 have whole numbers for weights/,
  ],
  [
    'a missing storage',
    () => torchFile({ content, storages: { 0: storages[0] } }),
    /the archive lacks the storage 'data\/1' that a tensor needs/,
  ],
  ['an empty list', () => torchFile({ content: [] }), /holds no tensors$/],
  [
    'values nested 100 000 deep',
    () =>
      zipFile([
        { name: 'a/data.pkl', content: pickleOf('\x80\x02', `${'('.repeat(100_000)}${'t'.repeat(100_000)}`, '.') },
      ]),
    /nests its values more than 100 deep/,
  ],
  [
    'a zip bomb',
    () =>
      zipFile([
        { name: 'a/data.pkl', content: pickle(content) },
        { name: 'a/data/0', content: zeros, deflate: true },
      ]),
    /of 286\.1 MB takes the file beyond the .* of memory that it is given/,
  ],
  [
    'overlapping entries',
    () =>
      zipFile([
        { name: 'a/data.pkl', content: pickle(content) },
        { name: 'a/data.pkl2', localName: 'a/data.pkl', content: new Uint8Array(), offset: 0 },
      ]),
    /is described in two places, differently|overlap/,
  ],
  [
    'a safetensors file whose tensor lies outside it',
    () => header({ w: { dtype: 'F32', shape: [50_000, 50_000], data_offsets: [0, 10_000_000_000] } }),
    /'w' does not lie inside the file/,
  ],
  [
    'a safetensors file whose shape lies',
    () => Buffer.concat([header({ w: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 8] } }), Buffer.alloc(8)]),
    /a tensor of shape 2×2 and dtype float32 takes 16 bytes and 8 are there/,
  ],
  [
    'an array of texts',
    () => {
      const bytes = Buffer.from(encodeNpy({ shape: [1], data: Float32Array.of(1) }));
      return Buffer.from(bytes.toString('latin1').replace('<f4', '<U1'), 'latin1');
    },
    /holds no tensors/,
  ],
  [
    'another network',
    () =>
      encodeSafetensors({ tensors: { 'conv1.weight': { shape: [2, 1, 3], data: new Float32Array(6) } }, metadata: {} }),
    /holds no network that the model 'ffn' recognises\. If it is of another architecture, a plugin can add that/,
  ],
];

describe('a broken checkpoint', () => {
  test.each(broken)('%s gets one clear line, exit status 1, and no run', async (_, make, line) => {
    const file = work.file('broken.pt');
    await writeFile(file, await make());
    const { status, stderr, megabytes } = await measured([
      'import',
      file,
      ...['--model', 'ffn', '--signal', work.picture, '--out', work.file('none'), '--quiet'],
    ]);
    const [first, ...details] = stderr.trim().split('\n');
    expect(first).toMatch(line);
    expect(first).toMatch(/^xinc: .*broken\.pt/);
    // A table or a list, where there is one, and never a stack.
    expect(details[0] ?? '').toMatch(/^$|^parameter +in the checkpoint +expected +found$|^tensors there:$/);
    expect(status).toBe(1);
    expect(megabytes).toBeLessThan(200);
    const there = await readdir(work.path);
    expect(there).not.toContain('none');
    expect(there).not.toContain('PWNED');
  });

  test('a folder', async () => {
    await mkdir(work.file('folder.pt'), { recursive: true });
    const args = ['import', work.file('folder.pt'), '--model', 'ffn', '--signal', work.picture];
    const { status, stderr } = await xinc(args);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'folder.pt: this is a folder. Give a checkpoint file, or a folder of torch.distributed.checkpoint.',
    );
  });
});

/** Runs the command and tells the most memory that it took, in MB. */
async function measured(args: readonly string[]) {
  const tell = "process.on('exit', () => console.error('\\n@' + process.resourceUsage().maxRSS))";
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, BIN, ...args],
    {
      cwd: work.path,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 20_000,
    },
  );
  let stderr = '';
  for await (const text of child.stderr) stderr += text;
  const status = await new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.on('close', resolve);
  });
  const [, kilobytes] = /\n@(\d+)\s*$/.exec(stderr) ?? [];
  return { status, stderr: stderr.replace(/\n@\d+\s*$/, ''), megabytes: Number(kilobytes) / 1024 };
}
