import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { chromium } from 'playwright-core';
import { startViewer } from '../dist/index.js';
import { makeNervRun } from './nerv-run.mjs';
import { watchAnswers } from './watch-answers.mjs';

/*
 * How long a person waits in the page, for the 18,352 kernels of the default NeRV's first block at 128×256: from the pointer's
 * move to the first ranking of the pixel, and to the painted map of a kernel. Times are taken inside
 * the page, from the event to the change of what is on screen.
 */
const MOVES = 40;
const TARGET = 50;
const FRAME = 1000 / 60;

const folder = await mkdtemp(join(tmpdir(), 'xinc-viewer-bench-'));
const engine = await ort.create({});
const source = await makeNervRun(join(folder, 'nerv'));
const viewer = await startViewer({
  runs: [source],
  registry: new Registry(),
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
  report('pointer to the first ranking', await rankings(page), TARGET);
  report('kernel to its painted map', await maps(page), TARGET);
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
      if (document.querySelector('[aria-busy=true]')) quiet = 0;
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

function report(what, times, target) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1).padStart(6);
  const frames = `${(sorted[sorted.length >> 1] / FRAME).toFixed(1)} frames of 60 Hz`;
  const judged = target ? `  target ${target}: ${sorted[sorted.length >> 1] <= target ? 'met' : 'missed'}` : '';
  console.log(`${what.padEnd(32)}${at(0.5)} ${at(0.9)} ${at(1)}  ${frames}${judged}`);
}
