import type { InrPlugin } from '@xinc/core';
import { checkInr } from '@xinc/core/testing';
import ort from '@xinc/engine-ort';
import tfjs from '@xinc/engine-tfjs';
import { expect, test } from 'vitest';
import { filters } from './filters.js';
import { skips } from './skips.js';
import { upsampling } from './upsampling.js';

/* Three networks that were made from the scaffold by docs/plugins.md alone, which says what each of them took. */
async function review<C>(plugin: InrPlugin<C>, settings: Partial<C>): Promise<string[]> {
  const [{ layers }] = await checkInr(plugin, { engines: [ort, tfjs], settings });
  return layers.map(({ id }) => id);
}

test('dense layers with skips are what a reviewer would let pass, and all of them are traced', async () => {
  const layers = await review(skips, { width: 6, layers: 4, skip: 2, levels: 2 });
  expect(layers).toEqual(['layers.0', 'layers.1', 'layers.2', 'output']);
});

test('multiplicative filters are what a reviewer would let pass, and their products are traced', async () => {
  expect(await review(filters, { width: 6, layers: 2, scale: 8 })).toEqual(['linear.0', 'linear.1', 'output']);
});

test('residual convolutions with bilinear upsampling are what a reviewer would let pass, and all of them are traced', async () => {
  const blocks = ['blocks.0.first', 'blocks.0.second', 'blocks.1.first', 'blocks.1.second'];
  expect(await review(upsampling, { channels: 3, blocks: 2, code: 4 })).toEqual(['stem', ...blocks, 'head']);
});
