import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { decodeNpy } from '@xinc/core/formats';
import { Run } from '@xinc/runs';
import { encodePng } from '@xinc/signals';
import { beforeAll, describe, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

/* The command on TensorFlow's native library, which `npm run test:native` builds and names in XINC_TFJS_NODE. */
const needed = process.env.XINC_TFJS_NODE ? '' : " (needs TensorFlow's native library: npm run test:native)";
const work = workFolder();
const NATIVE = /^TensorFlow\.js 4\.\d+\.\d+, native CPU library of @tensorflow\/tfjs-node 4\.\d+\.\d+, \d+ threads$/;

/** The signal, and the settings of a small network, of each model. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  ffn: ['picture.png', '--set', 'width=12', '--set', 'fourierFeatures=10'],
  nerv: ['frames', '--set', 'strides=2,2', '--set', 'parameters=6000'],
};

describe.skipIf(needed !== '').each(Object.keys(MODELS))(`on native TensorFlow${needed}, a network of %s`, (model) => {
  const run = (engine: string) => work.file(`${model}-${engine}`);

  beforeAll(async () => {
    await mkdir(work.file('frames'), { recursive: true });
    for (let frame = 0; frame < 3; frame++) {
      const rgb = Float32Array.from({ length: 3 * 16 * 24 }, (_, i) => ((i + 40 * frame) % 256) / 255);
      await writeFile(work.file(`frames/${frame}.png`), await encodePng({ height: 16, width: 24, rgb }));
    }
    for (const engine of ['ort', 'tfjs']) {
      const args = ['train', ...MODELS[model], '--model', model, '--out', run(engine), '--steps', '40'];
      const { status, stderr } = await xinc([...args, '--engine', engine], { cwd: work.path });
      expect(status, stderr).toBe(0);
    }
  });

  test('trains to the PSNR of ort, and its run says what it was trained on', async () => {
    const manifests = await Promise.all(['ort', 'tfjs'].map(async (engine) => (await Run.open(run(engine))).manifest));
    const [ort, tfjs] = manifests.map(({ metrics }) => metrics!.psnr!);
    expect(Math.abs(ort - tfjs)).toBeLessThan(0.01);
    expect(manifests[1].training!.engine).toMatch(NATIVE);
  });

  test('is traced to the maps of ort', async () => {
    const maps = [];
    for (const engine of ['ort', 'tfjs']) {
      const out = work.file(`${model}-${engine}.npy`);
      const layer = model === 'ffn' ? 'layer2' : 'block1';
      const args = ['trace', run('ort'), '--layer', layer, '--neurons', '0:8', '--out', out, '--engine', engine];
      const { status, stderr } = await xinc(args);
      expect(status, stderr).toBe(0);
      maps.push(decodeNpy(await readFile(out), out));
    }
    const [ort, tfjs] = maps;
    expect(tfjs.shape).toEqual(ort.shape);
    const largest = Math.max(...Array.from(ort.data, Math.abs));
    expect(largest).toBeGreaterThan(0);
    for (const [i, value] of ort.data.entries())
      expect(Math.abs(tfjs.data[i] - value)).toBeLessThanOrEqual(1e-5 * largest);
  });
});
