import { readFile } from 'node:fs/promises';
import type { ConvHook } from '@xinc/core';
import { switchOff } from '@xinc/core/trace';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { formatShare, formatValue } from '../../../viewer-page/src/color/number-format.js';
import { pictureReading } from '../../../viewer-page/src/panels/canvas/pixel-readings.js';
import { browserBench } from './browser-bench.js';
import { HEIGHT, pointAt, rowsOf, stageOf, WIDTH } from './on-screen.js';
import { pixelsOf } from './open-viewer.js';
import { expectClose, reference } from './reference.js';

/* The large picture: the values under the pointer, and the part of it that is seen. */

const bench = browserBench();
const expected = reference(bench);

test('the values at the pixel are those of the signal, of the network and of the painted map', async () => {
  const { page, settled, close } = await bench.open('run=image&layer=layer2&neuron=3');
  await settled();
  await pointAt(page, 7, 12);
  await settled();
  const at = 7 * WIDTH + 12;
  const signal = bench.image.frame(0).rgb;
  const drawn = (await (await expected.network(bench.image)).reconstruct(0)).rgb;
  const rgb = (values: ArrayLike<number>) =>
    [0, 1, 2].map((channel) => values[3 * at + channel]) as [number, number, number];
  const clamped = rgb(drawn).map((value) => Math.min(1, Math.max(0, value)));
  const error = clamped.reduce((sum, value, i) => sum + Math.abs(value - rgb(signal)[i]), 0) / 3;
  const traced = await expected.layer(bench.image, 'layer2');
  const said = await page.locator('dl[aria-label="Values at the pixel"] > div').allTextContents();
  const plain = said.map((text) => text.replace(/\s+/g, ' ').trim());
  expect(plain[0]).toContain(pictureReading(rgb(signal)).text.replace(/\s+/g, ' '));
  expect(plain[1]).toContain(pictureReading(rgb(drawn)).text.replace(/\s+/g, ' '));
  expect(plain[2]).toContain(formatValue(error));
  expect(plain[3]).toBe(`Contribution c = ${formatValue(traced.map(3)[at])}`);
  await close();
});

test('the wheel enlarges about the pointer, in all panels; a drag moves the picture, keys go with the pixel and back to the whole', async () => {
  const { page, settled, view, close } = await bench.open('run=image&panel=compare&other=custom');
  await settled();
  await pointAt(page, 3, 5);
  await page.mouse.wheel(0, -100);
  await page.mouse.wheel(0, -100);
  // The pixel that is under the pointer is the same one.
  const stage = (await stageOf(page).boundingBox())!;
  await page.mouse.move(stage.x + (5.4 / WIDTH) * stage.width, stage.y + (3.4 / HEIGHT) * stage.height);
  await expect.poll(() => view().pixel).toBe('3,5');
  await expect.poll(() => view().zoom?.split(',')[0]).toBe('156');
  const widths = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('[role=application] canvas, .pictures canvas')].map((canvas) =>
        Math.round((100 * canvas.clientWidth) / canvas.closest('.stack, .framed')!.clientWidth),
      ),
    );
  for (const width of await widths()) expect(width).toBeCloseTo(156, -1);
  expect((await widths()).length).toBeGreaterThan(2);

  const before = view().zoom;
  await page.mouse.down();
  await page.mouse.move(stage.x + 10, stage.y + 10, { steps: 3 });
  await page.mouse.up();
  await expect.poll(() => view().zoom).not.toBe(before);
  // Moving the picture holds no pixel.
  expect(await page.getByRole('button', { name: 'Let go of the pixel' }).count()).toBe(0);

  await stageOf(page).focus();
  await page.keyboard.press('+');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(() => view().pixel).toBe('3,23');
  const mark = await page.locator('[role=application] rect.line.mark').boundingBox();
  expect(mark!.x + mark!.width / 2).toBeLessThan(stage.x + stage.width);
  expect(mark!.x + mark!.width / 2).toBeGreaterThan(stage.x);
  await page.keyboard.press('0');
  await expect.poll(() => view().zoom).toBeUndefined();
  await close();
});

test('a kernel is found by both its names, and one that the layer has not is refused', async () => {
  const { page, settled, view, close } = await bench.open('run=video&layer=block2');
  await settled();
  const find = page.getByRole('textbox', { name: 'Find a kernel by its number' });
  const { outputs } = await page.evaluate(async () => {
    const run = await (await fetch('api/runs/video')).json();
    return run.layers.find(({ id }: { id: string }) => id === 'block2');
  });
  await find.fill('2->1');
  await find.press('Enter');
  await expect.poll(() => view().neuron).toBe(String(2 * outputs + 1));
  await page.locator('#canvas strong', { hasText: `Kernel 2→1 (${2 * outputs + 1})` }).waitFor();
  await find.fill('5');
  await find.press('Enter');
  await expect.poll(() => view().neuron).toBe('5');
  await find.fill('900→0');
  await find.press('Enter');
  await page.getByText('block2 has kernels 0→0 to').waitFor();
  expect(view().neuron).toBe('5');
  await close();
});

test('the page of a neuron tells its total, the picture without it and its neighbours, by weights and activations', async () => {
  const { page, settled, view, close } = await bench.open('run=image&layer=layer2&neuron=3&panel=neuron');
  await settled();
  const traced = await expected.layer(bench.image, 'layer2');
  const sums = traced.sums(Array.from({ length: HEIGHT * WIDTH }, (_, p) => p));
  const panel = page.getByRole('tabpanel');
  const share = formatShare(sums[3] / sums.reduce((total, sum) => total + sum, 0));
  await panel.getByText(`${formatValue(sums[3])}, ${share} of the layer`).waitFor();

  const network = await expected.network(bench.image);
  const { layer2: weight } = Object.fromEntries(
    bench.image.inr.layers.flatMap((layer) =>
      layer.kind === 'dense' ? [[layer.id, network.parameters[layer.weight]]] : [],
    ),
  );
  const hook = bench.image.inr.layers.find(({ id }) => id === 'layer2')!;
  const pixels = Uint32Array.from({ length: HEIGHT * WIDTH }, (_, p) => p);
  const input = (hook as { input: string }).input;
  const { [input]: activations } = await network.evaluate(0, [input], pixels);
  let mean = 0;
  for (let p = 0; p < pixels.length; p++) mean += Math.abs(activations.data[p * traced.neurons + 3]) / pixels.length;
  const strengths = Array.from(
    { length: weight.shape[0] },
    (_, o) => Math.abs(weight.data[o * traced.neurons + 3]) * mean,
  );
  const after = panel.getByRole('listbox', { name: 'Neurons after it by strength' });
  await after.waitFor();
  const rows = await rowsOf(after);
  expectClose(
    rows.map(({ value }) => value),
    rows.map(({ index }) => strengths[index]),
    1e-5,
  );
  expect(rows[0].value).toBeCloseTo(Math.max(...strengths), 5);

  await panel.getByRole('button', { name: 'Run the network without it' }).click();
  await panel.getByText('the picture changes by').waitFor();
  expect(await panel.getByText(await expected.psnr(bench.image, 0)).count()).toBe(1);
  await expectDrawnWithout(panel, 'layer2', 3);
  await after.getByRole('option').first().click();
  await expect.poll(() => [view().layer, view().neuron]).toEqual(['layer3', String(rows[0].index)]);
  await close();
});

/** The picture without a neuron of the image's run, as the command line's network draws it. */
async function expectDrawnWithout(panel: Locator, layer: string, neuron: number): Promise<void> {
  const network = await expected.network(bench.image);
  const { rgb } = await network.reconstruct(0, switchOff(network, layer, [neuron]));
  const { rgba } = await pixelsOf(panel.getByLabel(`The picture without Neuron ${neuron}`));
  const drawn = rgba.filter((_, i) => i % 4 < 3);
  for (const [i, value] of rgb.entries()) {
    expect(Math.abs(drawn[i] - 255 * Math.min(Math.max(value, 0), 1))).toBeLessThanOrEqual(1);
  }
  await panel.getByLabel(`How the picture changes without Neuron ${neuron}`).waitFor();
}

test('of a kernel, the kernels that read what it makes are ranked by what they give', async () => {
  const { page, settled, view, close } = await bench.open('run=video&layer=block1&neuron=95&panel=neuron');
  await settled();
  const network = await expected.network(bench.video);
  const hook = bench.video.inr.layers.find(({ id }) => id === 'block2') as ConvHook;
  const { [hook.input]: input } = await network.evaluate(0, [hook.input]);
  const kernel = network.parameters[hook.kernel];
  const [, , height, width] = input.shape;
  // 0→95 makes a part of channel ⌊95 ÷ 4²⌋, by the pixel shuffle.
  const channel = 5;
  const at = (y: number, x: number) =>
    y < 0 || x < 0 || y >= height || x >= width ? 0 : input.data[(channel * height + y) * width + x];
  const strengths = Array.from({ length: kernel.shape[0] }, (_, output) => {
    let sum = 0;
    for (let p = 0; p < height * width; p++) {
      const taps = Array.from({ length: 9 }, (_, t) => {
        const weight = kernel.data[(output * kernel.shape[1] + channel) * 9 + t];
        return weight * at(Math.floor(p / width) + Math.floor(t / 3) - 1, (p % width) + (t % 3) - 1);
      });
      sum += Math.abs(taps.reduce((total, tap) => total + tap, 0));
    }
    return sum / (height * width);
  });
  const panel = page.getByRole('tabpanel');
  const after = panel.getByRole('listbox', { name: 'Kernels after it by strength' });
  await after.waitFor();
  const rows = await rowsOf(after);
  expect(rows).toHaveLength(12);
  expectClose(
    rows.map(({ value }) => value),
    [...strengths].sort((a, b) => b - a).slice(0, 12),
    1e-5,
  );
  await panel.getByText('None: no other traced layer feeds it without further weights between.').waitFor();
  await after.getByRole('option').first().click();
  const strongest = channel * kernel.shape[0] + strengths.indexOf(Math.max(...strengths));
  await expect.poll(() => [view().layer, view().neuron]).toEqual(['block2', String(strongest)]);
  await panel.getByRole('listbox', { name: 'Kernels before it by strength' }).waitFor();
  await close();
});

test('the view is saved as SVG and PNG, with its caption and what colours mean', async () => {
  const { page, settled, close } = await bench.open('run=image&layer=layer2&neuron=3&zoom=200,5000,5000');
  await settled();
  const saved = async (button: string) => {
    const download = page.waitForEvent('download');
    await page.getByRole('group', { name: 'Save the picture' }).getByRole('button', { name: button }).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await readFile((await file.path())!) };
  };
  const svg = await saved('SVG');
  expect(svg.name).toBe('image-layer2-neuron-3.svg');
  const text = svg.bytes.toString();
  expect(text.match(/<image /g)).toHaveLength(2);
  expect(text).toContain('Neuron 3 of layer2, its map over the picture at 75 %');
  expect(text).toContain('contribution c (no unit)');
  const largest = Math.max(...(await expected.layer(bench.image, 'layer2')).map(3));
  expect(text).toContain(`>${formatValue(largest)}</text>`);
  const png = await saved('Save PNG');
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(png.bytes.readUInt32BE(16)).toBe(2016);
  await close();
});
