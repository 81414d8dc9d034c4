import { defineAnalysis } from '@xinc/core';
import { z } from 'zod';
import { frequencyChart, orientationChart } from './charts.js';
import { Spectrum } from './fourier.js';
import { peakOf } from './peak.js';

/** Values of maps asked for at once, 16 MB. */
const VALUES_AT_ONCE = 1 << 22;
/** Pixels along a side below which a map has no frequency to speak of: there must be room for two cycles. */
const LEAST_EXTENT = 8;

/**
 * At which spatial frequency and orientation a neuron draws: where the power spectrum of its contribution map gathers, if it gathers
 * anywhere. A map whose spectrum has no peak (a slope, one bump, many frequencies at once) has no dominant frequency, and is counted so.
 */
export const dominantFrequency = defineAnalysis({
  kind: 'analysis',
  name: 'dominant-frequency',
  title: 'Dominant frequency',
  description: 'At which spatial frequency and orientation does each neuron draw?',
  options: z.object({
    share: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe("Share of a map's power that has to lie at one frequency for it to be dominant"),
    most: z.number().int().min(1).default(512).describe('Neurons of a layer that are looked at, the strongest first'),
  }),
  request: () => ({ neuronTotals: true }),
  async analyze(options, context) {
    const { layers, frames, signal } = context;
    if (Math.min(signal.height, signal.width) < LEAST_EXTENT) {
      const why = `A picture of ${signal.height}×${signal.width} pixels has no room for waves; ${LEAST_EXTENT} pixels a side are needed.`;
      return { findings: [], tables: [], arrays: [], figures: [], omissions: [{ why }] };
    }
    const spectrum = new Spectrum(signal.height, signal.width);
    const found = [];
    for (const frame of frames) {
      for (const layer of layers) {
        found.push({ frame, layer, ...(await lookAt(spectrum, layer, frame, options, context)) });
        context.progress?.('Spectra', found.length / (frames.length * layers.length));
      }
    }
    return {
      findings: [findingOf(found.filter(({ frame }) => frame === frames[0]))],
      tables: [tableOf(found, options)],
      arrays: found.flatMap(({ frame, layer, frequency, orientation }) => [
        { name: 'frequency', frame, layer: layer.id, shape: [layer.neurons], data: frequency },
        { name: 'orientation', frame, layer: layer.id, shape: [layer.neurons], data: orientation },
      ]),
      figures: frames.flatMap((frame) => {
        const points = found
          .filter((one) => one.frame === frame)
          .flatMap(({ layer, peaks }) => peaks.map((peak) => ({ layer: layer.label, ...peak })));
        const labels = layers.map(({ label }) => label);
        const moment = signal.frames > 1 ? frame : undefined;
        return points.length === 0
          ? []
          : [frequencyChart(points, labels, moment), orientationChart(points, labels, moment)];
      }),
      omissions: found.flatMap(({ frame, layer, looked }) =>
        looked > 0
          ? []
          : [
              {
                layer: layer.id,
                ...(frames.length > 1 && { frames: [frame] }),
                why: 'none of its neurons contributes anything.',
              },
            ],
      ),
      notes: found.some(({ looked, alive }) => looked < alive)
        ? [`Of layers with more neurons, the ${options.most} that contribute most were looked at.`]
        : [],
    };
  },
});

/** The peaks of a layer's strongest neurons on a frame. */
async function lookAt(spectrum, { id, neurons }, frame, { share, most }, context) {
  const { sum } = context.statistics(id, frame).neuronTotals;
  const alive = [...sum.keys()].filter((n) => sum[n] > 0);
  const chosen = alive.sort((a, b) => sum[b] - sum[a] || a - b).slice(0, most);
  const frequency = new Float32Array(neurons).fill(Number.NaN);
  const orientation = new Float32Array(neurons).fill(Number.NaN);
  const peaks = [];
  const area = spectrum.height * spectrum.width;
  const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / area));
  for (let first = 0; first < chosen.length; first += atOnce) {
    context.signalAborted?.throwIfAborted();
    const some = chosen.slice(first, first + atOnce);
    const maps = await context.maps(id, frame, some);
    for (const [i, neuron] of some.entries()) {
      const peak = peakOf(spectrum, spectrum.of(maps.subarray(i * area, (i + 1) * area)), share);
      if (!peak) continue;
      frequency[neuron] = peak.frequency;
      orientation[neuron] = peak.orientation;
      peaks.push({ neuron, ...peak });
    }
  }
  return { alive: alive.length, looked: chosen.length, peaks, frequency, orientation };
}

function findingOf(found) {
  const parts = found
    .filter(({ looked }) => looked > 0)
    .map(({ layer, looked, peaks }) => {
      const of = `${peaks.length} of ${looked} in ${layer.id}`;
      return peaks.length > 0
        ? `${of} (median ${rounded(median(peaks.map(({ frequency }) => frequency)))} cycles per pixel)`
        : of;
    });
  if (parts.length === 0) return 'No neuron contributes anything.';
  return `Neurons that draw at one frequency: ${parts.join(', ')}; the spectra of the others have no peak.`;
}

function tableOf(found, { share }) {
  const columns = [
    { name: 'frame', description: 'Frame' },
    { name: 'layer', description: 'Layer' },
    { name: 'looked at', unit: 'neurons', description: 'Neurons whose maps were looked at, the strongest' },
    {
      name: 'with a peak',
      unit: 'neurons',
      description: `Those with at least ${share} of their power at one frequency`,
    },
    { name: 'frequency', unit: 'cycles per pixel', description: 'Median of their frequencies' },
    { name: 'lower quartile', unit: 'cycles per pixel', description: 'A quarter of them is below' },
    { name: 'upper quartile', unit: 'cycles per pixel', description: 'A quarter of them is above' },
    {
      name: 'orientation',
      unit: 'degrees',
      description: 'Mean direction of their stripes, 0 level, 90 upright, counter-clockwise',
    },
    {
      name: 'alignment',
      unit: 'of 1',
      description: 'How much they point one way: 0 in all directions alike, 1 all in one',
    },
  ];
  const rows = found.map(({ frame, layer, looked, peaks }) => {
    const frequencies = peaks.map(({ frequency }) => frequency);
    const at = (q) => (peaks.length > 0 ? quantile(frequencies, q) : null);
    const { orientation, alignment } = meanOrientation(peaks);
    return [frame, layer.id, looked, peaks.length, at(0.5), at(0.25), at(0.75), orientation, alignment];
  });
  return { name: 'frequencies', title: 'Dominant frequencies', columns, rows };
}

/** Directions that are alike after half a turn are averaged at twice their angle (Mardia & Jupp 2000). */
function meanOrientation(peaks) {
  if (peaks.length === 0) return { orientation: null, alignment: null };
  const angles = peaks.map(({ orientation }) => (orientation * Math.PI) / 90);
  const mean = (f) => angles.reduce((sum, angle) => sum + f(angle), 0) / angles.length;
  const [c, s] = [mean(Math.cos), mean(Math.sin)];
  const degrees = (Math.atan2(s, c) * 90) / Math.PI;
  return { orientation: (degrees + 180) % 180, alignment: Math.hypot(c, s) };
}

const median = (values) => quantile(values, 0.5);

function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at % 1);
}

const rounded = (value) => Number(value.toPrecision(3));
