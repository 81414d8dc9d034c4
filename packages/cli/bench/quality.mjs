import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { meanSquaredError, psnrOfError } from '@xinc/core';
import { clampFrame, createNetwork, train } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import { openSignal } from '@xinc/signals';

/*
 * Quality at equal steps: the default FFN, 1000 steps on the reference frame, with two seeds. The published setup reaches
 * 27.38 and 27.58 dB on PyTorch.
 */
const TARGET = 27.3;
const reference = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));
const picture = join(reference, 'frames-1001', '00000.png');
if (!existsSync(picture)) {
  console.log('quality at 1000 steps: not measured, since there is no reference frame (XINC_REFERENCE=<folder>)');
} else {
  const signal = await openSignal(picture);
  const inr = ffn.build(ffn.config.parse({}), signal.shape);
  const engine = await ort.create();
  for (const seed of [0, 1]) {
    const weights = await train({ inr, signal, engine, seed, steps: 1000 });
    const network = createNetwork(inr, weights, engine);
    const psnr = psnrOfError(meanSquaredError(clampFrame(await network.reconstruct(0)), await signal.frame(0)));
    await network.dispose();
    console.log(`FFN, 1000 steps, seed ${seed}: ${psnr.toFixed(2)} dB (target ${TARGET} dB)`);
  }
  await engine.dispose();
}
