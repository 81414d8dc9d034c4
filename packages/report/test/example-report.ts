import type { ChartFigure, Figure, Frame, LayerInfo, Omission, RasterFigure, RasterPanel, Table } from '@xinc/core';
import { type Report, type ReportAnalysis, type ReportFrame, renderReport } from '../dist/index.js';

/** A report like that of a real run, from smooth synthetic maps: same shapes, sizes and wording as the analyses give. */
export interface ExampleOptions {
  readonly height?: number;
  readonly width?: number;
  /** More than one makes it a video. */
  readonly frames?: number;
}

/** Reproducible noise in [0, 1): mulberry32. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A landscape at dusk: sky, sun, three ridges and a lake; the sun moves with `time` ∈ [0, 1]. */
function landscape(height: number, width: number, time = 0.35): Frame {
  const rgb = new Float32Array(height * width * 3);
  const grain = random(7);
  const ridge = (u: number, k: number) =>
    0.42 + 0.1 * k + (0.1 - 0.02 * k) * Math.sin(3.1 * u * (k + 1) + 2 * k) + 0.03 * Math.sin(17 * u + 5 * k);
  const ridges = [
    [0.42, 0.36, 0.52],
    [0.26, 0.25, 0.4],
    [0.12, 0.14, 0.22],
  ];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [(x / width) * 2, y / height];
      let color = [0.98 - 0.55 * (1 - v), 0.62 - 0.22 * (1 - v) + 0.1 * v, 0.42 + 0.3 * (1 - v)];
      if (Math.hypot((u - 0.3 - 1.2 * time) * (width / height / 2), v - 0.3) < 0.09) color = [1, 0.93, 0.7];
      for (let k = 0; k < 3; k++) if (v > ridge(u, k)) color = ridges[k];
      if (v > 0.84) color = [0.55 + 0.1 * Math.sin(90 * v + 4 * u), 0.42, 0.5];
      for (let c = 0; c < 3; c++) {
        rgb[(y * width + x) * 3 + c] = Math.min(Math.max(color[c] + 0.03 * (grain() - 0.5), 0), 1);
      }
    }
  }
  return { height, width, rgb };
}

/** The frame as a network with a spectral bias gives it: edges softened, a little noise, the odd value out of range. */
function softened({ height, width, rgb }: Frame): Frame {
  const noise = random(11);
  const at = (y: number, x: number, c: number) =>
    rgb[(Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)) * 3 + c];
  const out = rgb.map((value, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const near = (at(y - 1, x, c) + at(y + 1, x, c) + at(y, x - 1, c) + at(y, x + 1, c)) / 4;
    return 0.6 * value + 0.4 * near + 0.02 * (noise() - 0.5);
  });
  return { height, width, rgb: out };
}

const psnr = (a: Frame, b: Frame) =>
  -10 * Math.log10(a.rgb.reduce((sum, value, i) => sum + (value - b.rgb[i]) ** 2, 0) / a.rgb.length);

/** |c| of a neuron: a plane wave (Fourier feature), or rectified sums of a few for deeper layers. */
function contribution(height: number, width: number, seed: number, depth: number): Float32Array {
  const next = random(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const waves = Array.from({ length: 1 + 5 * depth }, () => ({
    fy: (6 / (1 + depth)) * normal(),
    fx: (6 / (1 + depth)) * normal(),
    phase: 6.28 * next(),
    weight: next(),
  }));
  const scale = 0.02 + 0.3 * next() ** 2;
  return Float32Array.from({ length: height * width }, (_, p) => {
    const [y, x] = [Math.floor(p / width) / width, (p % width) / width];
    const sum = waves.reduce((s, w) => s + w.weight * Math.sin(6.28 * (w.fy * y + w.fx * x) + w.phase), 0);
    return scale * (depth === 0 ? Math.abs(sum) : Math.max(0, sum));
  });
}

export const LAYERS: readonly LayerInfo[] = [
  { id: 'layer1', label: 'Layer 1 · Fourier features', neurons: 208 },
  { id: 'layer2', label: 'Layer 2 · hidden', neurons: 104 },
  { id: 'layer3', label: 'Layer 3 · to RGB', neurons: 104 },
];
const COLORS = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#56b4e9'];

const series = (field: string, title: string, names: readonly string[]) => ({
  color: {
    field,
    type: 'nominal',
    title,
    legend: { labelLimit: 320 },
    scale: { domain: names, range: COLORS.slice(0, names.length) },
  },
  strokeDash: { field, type: 'nominal', title, legend: { labelLimit: 320 }, scale: { domain: names } },
});

const percentage = (title: string) => ({
  field: 'percent',
  type: 'quantitative',
  title,
  scale: { domain: [0, 100], nice: false },
});

const logarithmic = (field: string, title: string) => ({
  field,
  type: 'quantitative',
  title,
  scale: { type: 'log' },
  axis: { tickCount: 5, labelExpr: "datum.value < 0.001 ? format(datum.value, '.0e') : format(datum.value, '~g')" },
});

/** One curve per layer. */
export const curveChart: ChartFigure = {
  kind: 'chart',
  name: 'neuron-totals',
  title: 'Total contribution per neuron',
  caption:
    'The live neurons of each layer sorted by their mean contribution per pixel, A_n / HW. A flat curve shares the work evenly; a steep right end means that few neurons carry it.',
  spec: {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    data: {
      values: LAYERS.flatMap(({ label }, k) =>
        Array.from({ length: 100 }, (_, i) => ({
          layer: label,
          percent: Number(((100 * i) / 99).toPrecision(4)),
          mean: Number((0.004 * (k + 1) * Math.exp((4.5 * i) / 99)).toPrecision(5)),
        })),
      ),
    },
    width: 460,
    height: 260,
    mark: { type: 'line', tooltip: true },
    encoding: {
      x: percentage('Neurons, sorted (% of live)'),
      y: logarithmic('mean', 'Mean |c| per pixel'),
      ...series(
        'layer',
        'Layer',
        LAYERS.map(({ label }) => label),
      ),
    },
  },
};

/** A panel per layer, a curve per grouping. */
const facetChart: ChartFigure = {
  kind: 'chart',
  name: 'variance',
  title: 'Variance of contributions over groups',
  caption:
    "Each curve shows a layer's live neurons sorted by how unevenly they divide their contribution among the groups of one grouping, relative to the groups' areas. A lower curve means that contributions care less about what that grouping separates.",
  spec: {
    data: {
      values: LAYERS.flatMap(({ label }, k) =>
        ['instances', 'rgb', 'gabor', 'grid'].flatMap((grouping, g) =>
          Array.from({ length: 120 }, (_, i) => ({
            layer: label,
            grouping,
            percent: Number(((100 * i) / 119).toPrecision(4)),
            variance: Number((0.01 * (5 - g) * (k + 1) * Math.exp((3 * i) / 119 + Math.sin(i / 9) / 9)).toPrecision(5)),
          })),
        ),
      ),
    },
    facet: { field: 'layer', type: 'nominal', title: null, sort: LAYERS.map(({ label }) => label) },
    columns: 3,
    spec: {
      width: 230,
      height: 200,
      mark: { type: 'line', tooltip: true },
      encoding: {
        x: percentage('Neurons, sorted (% of live)'),
        y: logarithmic('variance', 'Variance of relative deviation'),
        ...series('grouping', 'Grouping', ['instances', 'rgb', 'gabor', 'grid']),
      },
    },
  },
};

const values = (
  title: string,
  height: number,
  width: number,
  map: Float32Array,
  scale?: RasterFigure['scale'],
): RasterPanel => ({
  title,
  height,
  width,
  pixels: { kind: 'values', values: map, ...(scale && { scale }) },
});

const quantile = (map: Float32Array, share: number) => map.slice().sort()[Math.floor(share * (map.length - 1))];

/** 24 maps on one scale. */
export function mosaic(layer: LayerInfo, depth: number, height: number, width: number): RasterFigure {
  const maps = Array.from({ length: 24 }, (_, i) => contribution(height, width, 100 * depth + i + 1, depth));
  const bright = Math.max(...maps.map((map) => quantile(map, 0.97))) * 0.8;
  return {
    kind: 'raster',
    name: `maps-${layer.id}`,
    title: `${layer.label}: contribution maps`,
    caption: `|c| of 24 of ${layer.neurons} neurons at evenly spaced ranks by total contribution, strongest first. All maps share one scale, from 0 to ${bright.toPrecision(3)} (percentile 97 of the values shown).`,
    columns: 8,
    scale: { map: 'sequential', domain: [0, bright], label: '|c|, contribution' },
    panels: maps.map((map, i) => values(`neuron ${(i * 37) % layer.neurons}`, height, width, map)),
  };
}

/** Signal, reconstruction, and a map per layer with a scale each. */
function totalsFigure(picture: Frame, height: number, width: number): RasterFigure {
  const rgb = (title: string, frame: Frame): RasterPanel => ({
    title,
    height,
    width,
    pixels: { kind: 'rgb', rgb: frame.rgb },
  });
  return {
    kind: 'raster',
    name: 'pixel-totals',
    title: 'Total contribution per pixel',
    caption:
      'T(p), the contributions |c| of all neurons of a layer summed at each pixel, beside the picture. Each layer has its own scale, from percentile 0.5 to 99.5.',
    panels: [
      rgb('signal', picture),
      rgb('reconstruction', softened(picture)),
      ...LAYERS.map(({ label }, k) => {
        const map = contribution(height, width, 900 + k, 3).map((value, p) => 40 * value + 4 * picture.rgb[3 * p]);
        return values(label, height, width, map, {
          map: 'sequential',
          domain: [quantile(map, 0.005), quantile(map, 0.995)],
          label: 'T(p), summed |c|',
        });
      }),
    ],
  };
}

/** Two scales, told apart by their colours. */
function differenceFigure(picture: Frame, height: number, width: number): RasterFigure {
  const sequential = { map: 'sequential', domain: [0, 1], label: 'scaled to 0 … 1' } as const;
  const diverging = { map: 'diverging', domain: [-1, 1], label: 'difference of scaled maps' } as const;
  const brightness = Float32Array.from({ length: height * width }, (_, p) => picture.rgb[3 * p + 1]);
  const rows = LAYERS.flatMap(({ id }, k) => {
    const totals = contribution(height, width, 700 + k, 2).map((value) => Math.min(1, 4 * value));
    const less = totals.map((value, p) => value - brightness[p]);
    return [
      values(`T(p), ${id}`, height, width, totals, sequential),
      values(`T(p), ${id} − brightness`, height, width, less, diverging),
      values(
        `T(p), ${id} − edges`,
        height,
        width,
        totals.map((value) => value - 0.2),
        diverging,
      ),
    ];
  });
  return {
    kind: 'raster',
    name: 'intensity-edges',
    title: 'Contribution beside brightness and edges',
    caption:
      'For each layer, its total contribution T(p) and what is left of it after subtracting brightness and edges, all scaled to [0, 1]; near zero means that the two agree.',
    columns: 3,
    panels: rows,
  };
}

function groupingsFigure(height: number, width: number): RasterFigure {
  const hues = Array.from(
    { length: 32 },
    (_, i) => `#${[97, 151, 59].map((k) => (60 + ((i * k) % 170)).toString(16).padStart(2, '0')).join('')}`,
  );
  const labels = (at: (y: number, x: number) => number) =>
    Uint16Array.from({ length: height * width }, (_, p) => at(Math.floor(p / width) / height, (p % width) / width));
  return {
    kind: 'raster',
    name: 'groupings',
    title: 'The groupings compared',
    caption: 'Each colour is one group of pixels. Colours of different panels have nothing to do with one another.',
    panels: [
      {
        title: 'grid · 32 groups',
        height,
        width,
        pixels: { kind: 'labels', labels: labels((y, x) => Math.floor(y * 4) * 8 + Math.floor(x * 8)), colors: hues },
      },
      {
        title: 'rgb · 32 groups',
        height,
        width,
        pixels: {
          kind: 'labels',
          labels: labels((y, x) => Math.floor(16 + 15 * Math.sin(9 * y + 3 * Math.sin(5 * x)))),
          colors: hues,
        },
      },
    ],
  };
}

const layerTable: Table = {
  name: 'layers',
  title: 'Contribution of each layer',
  columns: [
    { name: 'frame', description: 'Frame index' },
    { name: 'layer', description: 'Layer' },
    { name: 'neurons', unit: 'neurons', description: 'Neurons of the layer' },
    { name: 'dead', unit: 'neurons', description: 'Neurons that contribute nothing to this frame' },
    { name: 'mean_contribution', unit: '|c|', description: 'Mean |c| per neuron and pixel' },
    { name: 'largest_contribution', unit: '|c|', description: 'Largest |c| of any neuron at any pixel' },
    { name: 'strongest_share', unit: 'fraction', description: "Its share of the layer's total" },
  ],
  rows: LAYERS.map(({ id, neurons }, k) => [0, id, neurons, 3 * k, 0.0213 / (k + 1), 3.91827 * (k + 1), 0.0312345]),
};

const longTable: Table = {
  name: 'correlations',
  title: 'Correlation over pixels of the total contribution with brightness and edges',
  columns: [
    { name: 'frame', description: 'Frame index' },
    { name: 'layer', description: 'Layer' },
    { name: 'with', description: 'brightness (R + G + B) or edges (Sobel magnitude of luma)' },
    { name: 'pearson', unit: 'correlation', description: "Pearson's correlation" },
    { name: 'mean_difference', unit: 'fraction', description: 'Mean |difference| after scaling both to [0, 1]' },
  ],
  rows: Array.from({ length: 30 }, (_, i) => [
    Math.floor(i / 6),
    LAYERS[Math.floor(i / 2) % 3].id,
    i % 2 === 0 ? 'brightness' : 'edges',
    i === 4 ? null : Math.sin(i),
    1.2e-5 * (i + 1),
  ]),
};

function analyses(picture: Frame): ReportAnalysis[] {
  const { height, width } = picture;
  const analysis = (
    name: string,
    title: string,
    description: string,
    findings: readonly string[],
    figures: readonly Figure[],
    tables: readonly Table[],
    rest: Partial<ReportAnalysis> & { readonly omissions?: readonly Omission[] } = {},
  ): ReportAnalysis => ({
    name,
    title,
    description,
    options: { drawnFrames: 4, areas: [0.1, 0.5] },
    seconds: 1.234,
    ...rest,
    result: { findings, figures, tables, arrays: [], ...(rest.omissions && { omissions: rest.omissions }) },
  });
  return [
    analysis(
      'completeness',
      'Completeness',
      "Whether the neurons' contributions add up to what each layer computes.",
      [
        'In every layer contributions add up to the pre-activations; the largest error is 4.1e-7 of the largest pre-activation (layer1).',
      ],
      [],
      [],
    ),
    analysis(
      'canvas',
      'The canvas',
      'What each neuron paints: contribution maps and their totals per neuron and per pixel (paper figures 3 and 11).',
      [
        'The strongest tenth of the live neurons makes 21.3 % of the total contribution in layer1, 30.4 % in layer2 and 41.9 % in layer3.',
        'Dead neurons, which contribute to no pixel: 3 of 104 in layer2 and 6 of 104 in layer3.',
      ],
      [...LAYERS.map((layer, k) => mosaic(layer, k, height, width)), totalsFigure(picture, height, width), curveChart],
      [layerTable],
      {
        files: [
          'analysis/canvas/layers.csv',
          ...LAYERS.flatMap(({ id }) =>
            ['neuron_abs_sum', 'pixel_abs_sum'].map((name) => `analysis/canvas/frame-0000/${id}/${name}.npy`),
          ),
        ],
      },
    ),
    analysis(
      'grouping-variance',
      'What contributions depend on',
      'Whether contributions follow objects, colours, textures or places (paper figures 4 and 16).',
      [
        'In layer1 and layer2, neurons depend least on position (grid), next on colour (rgb) and texture (gabor), a tie.',
        "In layer1, a group's mean contribution typically differs from the neuron's mean by: position (grid) 4.12 %; colour (rgb) 9.23 % and texture (gabor) 9.41 %, a tie (2.24 times position; interval 1.91 to 2.63). Median of 208 neurons, with 32 groups of each grouping and 95 % confidence.",
      ],
      [facetChart, groupingsFigure(height, width)],
      [],
      { omissions: [{ why: "Grouping 'instances' was left out: the run has no annotation." }] },
    ),
    analysis(
      'intensity-edges',
      'Contribution, brightness and edges',
      'Whether pixels that get much contribution are the bright ones or those on edges.',
      [
        "Over pixels, the correlation between total contribution and brightness is 0.312 in layer1, 0.58 in layer2 and 0.774 in layer3 (Pearson's r).",
      ],
      [differenceFigure(picture, height, width)],
      [longTable],
      { files: ['analysis/intensity-edges/correlations.csv'] },
    ),
  ];
}

function frame(index: number, height: number, width: number, time: number): ReportFrame {
  const original = landscape(height, width, time);
  const reconstruction = softened(original);
  return { index, original, reconstruction, psnr: psnr(original, reconstruction) - 2 * Math.sin(index / 3) };
}

/** Extents of maps in figures: the analyses average what has more than 2^15 pixels. */
function mapExtents(height: number, width: number): [number, number] {
  const cell = Math.ceil(Math.sqrt((height * width) / 2 ** 15));
  return [Math.ceil(height / cell), Math.ceil(width / cell)];
}

export type ExampleReport = Omit<Report, 'analyses'> & { readonly analyses: readonly ReportAnalysis[] };

export const renderExample = (example: ExampleReport): Promise<string> =>
  renderReport({ ...example, analyses: () => example.analyses });

export function exampleReport({ height = 128, width = 256, frames = 1 }: ExampleOptions = {}): ExampleReport {
  const shown = Array.from({ length: Math.min(frames, 6) }, (_, i) => {
    const index = frames === 1 ? 0 : Math.round((i * (frames - 1)) / (Math.min(frames, 6) - 1));
    return frame(index, height, width, frames === 1 ? 0.35 : index / (frames - 1));
  });
  const video = frames > 1;
  const noise = random(3);
  const name = video ? 'dusk.mp4' : 'dusk.png';
  return {
    title: `The implicit neural canvas of ${name}`,
    signal: {
      name,
      path: `pictures/${name}`,
      kind: video ? 'video' : 'image',
      frames,
      height,
      width,
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      notes: ['transparent pixels laid over white', `resampled from 1024×2048 to ${height}×${width}`],
      ...(video && { frameRate: 24 }),
    },
    model: {
      name: video ? 'nerv' : 'ffn',
      title: video ? 'NeRV (neural representations for videos)' : 'FFN (Fourier feature network)',
      config: {
        features: 104,
        scale: 10,
        hidden: 104,
        activation: 'relu',
        strides: [4, 2, 2],
        output: null,
        bias: true,
      },
      parameterCount: video ? 978_557 : 32_971,
    },
    reconstruction: {
      psnr: shown[0].psnr,
      frames: shown,
      ...(video && {
        framePsnr: Array.from({ length: frames }, (_, i) => ({ frame: i, psnr: shown[0].psnr - 2 * Math.sin(i / 3) })),
      }),
    },
    training: Array.from({ length: 1000 }, (_, i) => {
      const loss = 0.08 * Math.exp(-i / 60) + 0.002 * Math.exp(-i / 400) + 2e-4 + 1e-4 * noise();
      return { step: i + 1, loss, psnr: -10 * Math.log10(loss), seconds: (i + 1) * 0.092 };
    }),
    layers: LAYERS,
    analyses: analyses(landscape(...mapExtents(height, width))),
    omissions: [{ what: 'objects', why: 'It needs annotations, and the run has none (give them with --labels).' }],
    settings: [
      {
        title: 'Run',
        values: {
          seed: 0,
          steps: 1000,
          'learning rate': 9e-4,
          batch: 'all pixels',
          groupings: ['rgb', 'gabor', 'grid'],
        },
      },
      {
        title: 'Versions',
        values: {
          xinc: '0.1.0',
          node: 'v20.20.0',
          engine: 'ort (onnxruntime-node 1.23.0, CPU)',
          platform: 'linux x64',
        },
      },
    ],
    toolVersion: '0.1.0',
    created: '2026-03-14T15:09:26.000Z',
  };
}
