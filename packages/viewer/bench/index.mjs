import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@xinc/core/node';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import { chromium } from 'playwright-core';
import { startViewer } from '../dist/index.js';
import { makeRun } from './make-run.mjs';
import { watchAnswers } from './watch-answers.mjs';

/*
 * How long a person waits in the page at 128×256: for the 18,352 kernels of the default NeRV's first block, from the pointer's
 * move to the first ranking of the pixel, and to the painted map of a kernel; for the default FFN, from the click that switches
 * neurons of a layer off to the picture without them. Times are taken inside the page, from the event to the change of what
 * is on screen.
 */
const MOVES = 40;
const POINTING = 50;
const SWITCHING = 250;
const FRAME = 1000 / 60;

const folder = await mkdtemp(join(tmpdir(), 'xinc-viewer-bench-'));
const engine = await ort.create({});
const runs = [await makeRun(join(folder, 'nerv'), nerv, 'video'), await makeRun(join(folder, 'ffn'), ffn, 'image')];
const registry = new Registry();
registry.add(ort, { package: '@xinc/engine-ort', version: '0.1.0', path: 'index.js' });
const viewer = await startViewer({
  runs,
  registry,
  engine: async () => engine,
  version: 'bench',
});
const browser = await startBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watchAnswers);
  await page.goto(`${viewer.address}#layer=block1&panel=wall`);
  await page
    .getByText(/18,352 kernels/)
    .first()
    .waitFor();
  await resting(page);
  console.log(
    `${await page.evaluate(() => navigator.hardwareConcurrency)} threads; median, 90 %, most of ${MOVES}, ms`,
  );
  report('pointer to the first ranking', await rankings(page), POINTING);
  report('kernel to its painted map', await maps(page), POINTING);
  for (const layer of ['layer1', 'layer2', 'layer3']) {
    report(`${layer} of the FFN: off to picture`, await switchings(page, layer), SWITCHING);
  }
} finally {
  await browser.close();
  await viewer.close();
  await engine.dispose();
  await rm(folder, { recursive: true, force: true });
}

async function startBrowser() {
  if (process.env.XINC_CHROMIUM) return chromium.launch({ executablePath: process.env.XINC_CHROMIUM });
  const { default: carried } = await import('@sparticuz/chromium');
  const args = carried.args.filter((argument) => argument !== '--single-process');
  return chromium.launch({ executablePath: await carried.executablePath(), args });
}

/** Waits until nothing is loaded or traced. */
async function resting(page) {
  await page.evaluate(async () => {
    for (let quiet = 0; quiet < 20; quiet++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      if (document.documentElement.dataset.loads !== '0') quiet = 0;
    }
  });
}

/** The page listens before the pointer moves. */
async function expectAnswer(page, kind) {
  await page.evaluate((wanted) => {
    window.answered = window.nextAnswer(wanted);
  }, kind);
}

async function rankings(page) {
  const { x, y, width, height } = await page.getByRole('application').boundingBox();
  // The list is there from the first pixel on.
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.getByRole('listbox', { name: 'Neurons by contribution' }).waitFor();
  await resting(page);
  const times = [];
  for (let i = 0; i < MOVES; i++) {
    await expectAnswer(page, 'ranking');
    await page.mouse.move(
      x + width * (0.1 + (0.8 * ((i * 7) % MOVES)) / MOVES),
      y + height * (0.1 + (0.8 * i) / MOVES),
    );
    times.push(await page.evaluate(() => window.answered));
    await resting(page);
  }
  return times;
}

async function maps(page) {
  const times = [];
  const rows = page.getByRole('listbox', { name: 'Neurons by contribution' }).getByRole('option');
  for (let i = 0; i < MOVES; i++) {
    const { x, y, height } = await rows.nth(i % 10).boundingBox();
    await expectAnswer(page, 'map');
    await page.mouse.move(x + 20, y + height / 2);
    times.push(await page.evaluate(() => window.answered));
    await resting(page);
  }
  return times;
}

/** Neurons off, taken back and done again: the first change, which loads the runtime, is not counted. */
async function switchings(page, layer) {
  await page.goto(`${viewer.address}#run=ffn&layer=${layer}&panel=off&neurons=3,4,5&off=${layer}:1,2`);
  await page.reload();
  const effect = page.getByRole('region', { name: 'Effect' });
  await effect.locator('strong').waitFor();
  await page.getByRole('button', { name: /^Selected neurons/ }).click();
  await resting(page);
  const times = [];
  for (let i = 0; i < MOVES; i++) {
    await expectAnswer(page, 'picture');
    await page.getByRole('button', { name: i % 2 === 0 ? 'Undo' : 'Redo' }).click();
    times.push(await page.evaluate(() => window.answered));
    await resting(page);
  }
  return times;
}

function report(what, times, target) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1).padStart(6);
  const frames = `${(sorted[sorted.length >> 1] / FRAME).toFixed(1)} frames of 60 Hz`;
  const judged = target ? `  target ${target}: ${sorted[sorted.length >> 1] <= target ? 'met' : 'missed'}` : '';
  console.log(`${what.padEnd(32)}${at(0.5)} ${at(0.9)} ${at(1)}  ${frames}${judged}`);
}
