import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import plugins from '@xinc/analyses';
import { meanSquaredError, psnrOfError } from '@xinc/core';
import { clampFrame, createLocalPool, createNetwork, createTracer, train } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import { openSignal } from '@xinc/signals';

/*
 * Does the ranking of groupings depend on the size that a picture is resized to? An FFN is trained on the first frame of each
 * reference clip, 128×256, and on the same at half the size by three filters, with two seeds each. Of every layer the median
 * variances over places, colours and textures (32 groups each) are compared: which of a pair is larger, and by which factor.
 * docs/results.md has what came of it. No part of `npm run bench`: it takes minutes.
 */
const { values: wishes } = parseArgs({
  options: {
    steps: { type: 'string', default: '300' },
    width: { type: 'string', default: '104' },
    clips: { type: 'string' },
  },
});
const reference = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));
const folder = join(reference, 'clips');
const GROUPINGS = ['grid', 'rgb', 'gabor'];
const SEEDS = [0, 1];
const [HEIGHT, WIDTH] = [128, 256];

/** The picture at half its size: the mean of each 2×2 pixels, or the upper left of them. */
function halved({ height, width, rgb }, cell) {
  const half = { height: height / 2, width: width / 2, rgb: new Float32Array(rgb.length / 4) };
  for (let i = 0; i < half.rgb.length; i++) {
    const [p, c] = [Math.floor(i / 3), i % 3];
    const at = 2 * Math.floor(p / half.width) * width + 2 * (p % half.width);
    for (const offset of cell) half.rgb[i] += rgb[3 * (at + offset) + c] / cell.length;
  }
  return half;
}

const pictureSignal = (frame) => ({
  shape: { kind: 'image', frames: 1, height: frame.height, width: frame.width },
  frame: async () => frame,
});

async function picturesOf(path) {
  const whole = await openSignal(path, { size: { height: HEIGHT, width: WIDTH } });
  const frame = await whole.frame(0);
  const lanczos = await openSignal(path, { size: { height: HEIGHT / 2, width: WIDTH / 2 } });
  return {
    whole: pictureSignal(frame),
    lanczos: pictureSignal(await lanczos.frame(0)),
    mean: pictureSignal(halved(frame, [0, 1, WIDTH, WIDTH + 1])),
    nearest: pictureSignal(halved(frame, [0])),
  };
}

const pluginNamed = (name) => plugins.find((plugin) => plugin.name === name);

async function labelsOf(signal) {
  const picture = await signal.frame(0);
  const labels = {};
  for (const name of GROUPINGS) {
    const { options, label } = pluginNamed(name);
    labels[name] = await label(picture, options.parse({}), { frame: 0, signal: signal.shape, seed: 0 });
  }
  return labels;
}

/** Medians by layer and grouping, and the PSNR. */
async function measure(signal, labels, engine, pool, seed) {
  const inr = ffn.build(ffn.config.parse({ width: wishes.width }), signal.shape);
  const weights = await train({ inr, signal, engine, seed, steps: Number(wishes.steps) });
  const network = createNetwork(inr, weights, engine);
  try {
    const tracer = createTracer(network, pool);
    const request = { neuronTotals: true, groupSums: GROUPINGS };
    const statistics = await tracer.trace(0, request, { labels });
    const variance = pluginNamed('grouping-variance');
    const { values } = await variance.analyze(variance.options.parse({}), {
      signal: signal.shape,
      layers: tracer.layers,
      frames: [0],
      groupings: GROUPINGS,
      seed,
      untraced: [],
      statistics: (layer) => statistics[layer],
      labels: (name) => labels[name],
    });
    const psnr = psnrOfError(meanSquaredError(clampFrame(await network.reconstruct(0)), await signal.frame(0)));
    return { psnr, medians: values.medians };
  } finally {
    await network.dispose();
  }
}

const PAIRS = GROUPINGS.flatMap((a, i) => GROUPINGS.slice(i + 1).map((b) => [a, b]));
const layersOf = ({ medians }) => Object.values(medians);

/** How many pairs of groupings, of all layers of pairs of measurements, are in the same order; and how much their ratio differs, a factor. */
function agreement(compared) {
  const ratios = compared.flatMap(([one, other]) =>
    layersOf(one).flatMap((medians, l) =>
      PAIRS.map(([a, b]) => [medians[a] / medians[b], layersOf(other)[l][a] / layersOf(other)[l][b]]),
    ),
  );
  const same = ratios.filter(([r, s]) => r < 1 === s < 1).length;
  const factors = ratios.map(([r, s]) => Math.exp(Math.abs(Math.log(r / s)))).sort((a, b) => a - b);
  return `${same} of ${ratios.length}, ${factors[Math.floor(factors.length / 2)].toFixed(2)} ×`;
}

const least = (medians) => Object.entries(medians).sort((a, b) => a[1] - b[1])[0][0];

if (!existsSync(folder)) {
  console.log('resizing: not measured, since there are no reference clips (XINC_REFERENCE=<folder>)');
} else {
  const engine = await ort.create();
  const pool = await createLocalPool();
  /** By picture, clip after clip, each seed. */
  const measured = { whole: [], lanczos: [], mean: [], nearest: [] };
  const clips =
    wishes.clips?.split(',') ??
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  for (const clip of clips) {
    const frames = join(folder, clip, 'frames');
    const pictures = await picturesOf(join(frames, readdirSync(frames).sort()[0]));
    for (const [name, signal] of Object.entries(pictures)) {
      const labels = await labelsOf(signal);
      const ofSeeds = [];
      for (const seed of SEEDS) ofSeeds.push(await measure(signal, labels, engine, pool, seed));
      measured[name].push(ofSeeds);
      for (const { psnr, medians } of ofSeeds) {
        const layers = Object.entries(medians).map(
          ([layer, of]) => `${layer}: ${GROUPINGS.map((g) => `${g} ${of[g].toPrecision(3)}`).join(', ')}`,
        );
        console.log(`${clip}, ${name}, ${psnr.toFixed(1)} dB; ${layers.join('; ')}`);
      }
    }
  }
  const { whole, lanczos, mean, nearest } = measured;
  const between = (one, other) => one.flatMap((ofSeeds, i) => SEEDS.map((seed) => [ofSeeds[seed], other[i][seed]]));
  const seedsOf = (all) => all.map(([a, b]) => [a, b]);
  console.log('\ncompared | pairs of groupings in the same order, median factor between their ratios');
  console.log(`two seeds, 128×256 | ${agreement(seedsOf(whole))}`);
  console.log(`two seeds, 64×128 | ${agreement(seedsOf(lanczos))}`);
  console.log(`128×256 and 64×128 | ${agreement(between(whole, lanczos))}`);
  console.log(`64×128, Lanczos and mean of 2×2 | ${agreement(between(lanczos, mean))}`);
  console.log(`64×128, Lanczos and every second pixel | ${agreement(between(lanczos, nearest))}`);
  for (const [name, all] of Object.entries(measured)) {
    const layers = Object.keys(all[0][0].medians);
    const counts = layers.map((layer) => {
      const names = all.flat().map(({ medians }) => least(medians[layer]));
      return `${layer} ${GROUPINGS.map((g) => `${g} ${names.filter((other) => other === g).length}`).join(', ')}`;
    });
    console.log(`least variance, ${name}: ${counts.join('; ')} (of ${all.flat().length})`);
  }
  await pool.dispose();
  await engine.dispose();
}
