import type { Figure, Table } from '@xinc/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderReport } from '../dist/index.js';
import { encodeFrame } from '../src/picture/encode.js';
import { type ExampleReport, exampleReport, LAYERS, mosaic, renderExample } from './example-report.js';

const [SMALL] = [{ height: 16, width: 24 }];

/** The first of several parts of a page, by its id. */
const sectionOf = (page: string, id: string): string =>
  new RegExp(`<section id="${id}".*?</section>`, 's').exec(page)?.[0] ?? '';

describe('the report of an image', () => {
  let page: string;
  beforeAll(async () => {
    page = await renderExample(exampleReport());
  });

  test('is one file without scripts whose policy lets nothing in', () => {
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('default-src &#39;none&#39;; img-src data:; style-src &#39;unsafe-inline&#39;');
    expect(page).not.toMatch(/<script|<link|<iframe|<object|@import|javascript:/i);
    for (const [, address] of page.matchAll(/\b(?:src|href|xlink:href)="([^"]*)"/g)) {
      expect(address).toMatch(/^(#|data:image\/png;base64,|https:\/\/arxiv\.org\/abs\/2401\.10217$)/);
    }
    expect(page).not.toMatch(/url\((?!#)/);
  });

  test('tells the result in one line, sums up, then tells what was found, in the order of the analyses with completeness last', () => {
    expect(page).toMatch(
      /represents the image <bdi class="name">dusk\.png<\/bdi> \(128 × 256 pixels, height × width\) at \d\d\.\d\d\u00a0dB/,
    );
    expect([...page.matchAll(/<h2[^>]*>([^<]*)/g)].map(([, title]) => title)).toEqual([
      'Summary',
      'Signal and reconstruction',
      'Training',
      'The network',
      'The canvas',
      'What contributions depend on',
      'Contribution, brightness and edges',
      'Completeness',
      'What was left out',
      'Settings and versions',
    ]);
    expect(sectionOf(page, 'canvas')).toContain(
      'Dead neurons, which contribute to no pixel: 3 of 104 in layer2 and 6 of 104 in layer3.',
    );
  });

  test('sums up first: what contributions are, with the paper, and of what matters the first finding with its figure', () => {
    const summary = sectionOf(page, 'summary');
    expect(summary).toMatch(/A neuron’s contribution to a pixel, .*<a href="https:\/\/arxiv\.org\/abs\/2401\.10217">/);
    expect([...summary.matchAll(/<h3><a href="#([^"]*)">/g)].map(([, id]) => id)).toEqual([
      'canvas',
      'grouping-variance',
    ]);
    expect(summary).toContain('The strongest tenth of the live neurons makes 21.3');
    expect(summary).not.toContain('Dead neurons');
    expect([...summary.matchAll(/Figure (\d+)<\/b>/g)].map(([, n]) => n)).toEqual(['1', '2', '3']);
    expect(sectionOf(page, 'canvas')).toContain('<a href="#summary-canvas">Figure 2</a> is in the summary.');
  });

  test('folds what leads to a finding, and says how much that is', () => {
    expect(sectionOf(page, 'canvas')).toContain(
      '<details class="more"><summary>4 figures, 1 table and how it was made</summary>',
    );
    expect(sectionOf(page, 'canvas').match(/<figure/g)).toHaveLength(4);
    expect(sectionOf(page, 'intensity-edges')).toContain('<summary>1 figure, 1 table and how it was made</summary>');
    expect(sectionOf(page, 'grouping-variance').indexOf('no annotation')).toBeLessThan(
      sectionOf(page, 'grouping-variance').indexOf('<details'),
    );
  });

  test('says how the network was trained where that is not as published', async () => {
    expect(page).not.toContain('It was trained');
    const trained = 'by SOAP for 200 steps, not by the published Adam schedule';
    const other = await renderExample({ ...exampleReport({ height: 16, width: 24 }), trained });
    expect(other).toContain(`It was trained ${trained}.`);
  });

  test('numbers figures and tables in order and names the file of each table', () => {
    const numbers = [...page.matchAll(/<b class="number">(Figure|Table) (\d+)/g)].map(([, kind, n]) => `${kind} ${n}`);
    expect(numbers.filter((name) => name.startsWith('Figure'))).toEqual(
      numbers.filter((n) => n.startsWith('Figure')).map((_, i) => `Figure ${i + 1}`),
    );
    expect(numbers.filter((name) => name.startsWith('Table'))).toEqual(['Table 1', 'Table 2']);
    expect(sectionOf(page, 'canvas')).toContain('all digits in <code>analysis/canvas/layers.csv</code>');
  });

  test('folds long tables and not short ones', () => {
    expect(sectionOf(page, 'canvas')).toContain('<div class="table">');
    expect(sectionOf(page, 'intensity-edges')).toMatch(/<details class="table"><summary[^>]*>.*30 rows/s);
  });

  test('says what was left out of an analysis and of the run', () => {
    expect(sectionOf(page, 'grouping-variance')).toContain('the run has no annotation.');
    expect(sectionOf(page, 'left-out')).toContain('It needs annotations');
  });

  test('states how much the error is amplified', () => {
    expect(sectionOf(page, 'summary')).toMatch(/Error, ×10.*drawn ×10: the brightest colour stands for 0\.1 and more/s);
  });
});

test('a video has a strip of frames and a chart of the PSNR of each', async () => {
  const page = await renderExample(exampleReport({ ...SMALL, frames: 24 }));
  const section = sectionOf(page, 'reconstruction');
  expect(page).toContain('24 frames of 16 × 24 pixels');
  expect(section).toContain('6 frames of the video.');
  expect(section).toContain('PSNR of each frame.');
  expect(section.match(/alt="Error of frame \d+"/g)).toHaveLength(6);
});

test('pictures given as PNG are shown like frames', async () => {
  const report = exampleReport(SMALL);
  const [frame] = report.reconstruction.frames;
  const encoded = await Promise.all([frame.original, frame.reconstruction].map((one) => encodeFrame(one as never)));
  const frames = [{ ...frame, original: encoded[0].png, reconstruction: encoded[1].png }];
  const page = await renderExample({ ...report, reconstruction: { ...report.reconstruction, frames } });
  expect(page).toContain(`src="data:image/png;base64,${encoded[0].png.toString('base64')}"`);
});

describe('what is missing or broken', () => {
  const bare: ExampleReport = {
    ...exampleReport(SMALL),
    training: [],
    analyses: [],
    layers: [],
    omissions: [],
    settings: [],
    reconstruction: { psnr: Number.NaN, frames: [] },
  };

  test('a report of next to nothing says so and has no gaps', async () => {
    const page = await renderExample(bare);
    expect(sectionOf(page, 'training')).toContain('There is no training curve');
    expect(sectionOf(page, 'reconstruction')).toContain('No frame was given to show.');
    expect(sectionOf(page, 'left-out')).toContain('Nothing:');
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('values that are not finite are counted or left out, never printed as such', async () => {
    const { reconstruction, ...report } = exampleReport(SMALL);
    const [frame] = reconstruction.frames;
    const rgb = (frame.reconstruction as { rgb: Float32Array }).rgb.slice().fill(Number.NaN, 0, 6);
    const table: Table = {
      name: 't',
      title: 'T',
      columns: [{ name: 'a', description: 'A' }],
      rows: [[Number.NaN], [null], [Number.POSITIVE_INFINITY]],
    };
    const map = Float32Array.of(Number.NaN, 1, Number.NEGATIVE_INFINITY, 2);
    const figure: Figure = {
      kind: 'raster',
      name: 'f',
      title: 'F',
      caption: 'C.',
      panels: [{ title: 'p', height: 2, width: 2, pixels: { kind: 'values', values: map } }],
    };
    const page = await renderExample({
      ...report,
      reconstruction: {
        psnr: Number.POSITIVE_INFINITY,
        frames: [{ ...frame, psnr: Number.NaN, reconstruction: { height: 16, width: 24, rgb } }],
      },
      training: [{ step: 1, loss: Number.NaN, psnr: Number.NaN, seconds: 1 }],
      analyses: [{ ...report.analyses[0], result: { findings: ['Found.'], tables: [table], figures: [figure] } }],
    });
    expect(page).toContain('at ∞\u00a0dB');
    expect(page).toContain('2 pixels without a value');
    expect(page).toContain('Reconstruction · PSNR not defined');
    expect(page).toContain('2 of its 384 pixels are NaN');
    expect(page.replace('pixels are NaN', '')).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('a picture with NaN has no PSNR, and the report says how many pixels it is', async () => {
    const { reconstruction, ...report } = exampleReport(SMALL);
    const page = await renderExample({
      ...report,
      reconstruction: { ...reconstruction, psnr: Number.NaN, notDefined: '2 of 384 pixels are NaN' },
    });
    expect(page).toContain('its PSNR is not defined (2 of 384 pixels are NaN)');
    expect(page).toContain('PSNR of the reconstruction (2 of 384 pixels are NaN)');
    expect(page).not.toMatch(/∞|NaN.dB/);
  });

  test('a figure that cannot be drawn leaves a line that says why, and the rest stands', async () => {
    const report = exampleReport(SMALL);
    const broken: Figure = { kind: 'chart', name: 'odd', title: 'Odd', caption: 'C.', spec: { mark: 'no-such-mark' } };
    const result = { findings: ['Found.'], tables: [], figures: [broken, mosaic(LAYERS[0], 0, 8, 8)] };
    const page = await renderExample({ ...report, analyses: [{ ...report.analyses[0], result }] });
    expect(page).toContain('Chart &#39;odd&#39; cannot be drawn');
    expect(page).toContain('neuron 37');
  });

  test('pictures that cannot be read or do not fit are refused by the frame', async () => {
    const report = exampleReport(SMALL);
    const [frame] = report.reconstruction.frames;
    const withFrame = (change: object) =>
      renderExample({ ...report, reconstruction: { psnr: 1, frames: [{ ...frame, ...change }] } });
    await expect(withFrame({ original: Uint8Array.of(1, 2, 3) })).rejects.toThrow(
      'The picture of frame 0 cannot be read as an image',
    );
    await expect(withFrame({ reconstruction: { height: 1, width: 1, rgb: new Float32Array(3) } })).rejects.toThrow(
      'Frame 0 is 16×24, its reconstruction 1×1',
    );
  });
});

test.each([
  ['128 × 256', { height: 128, width: 256 }],
  ['512 × 512', { height: 512, width: 512 }],
  ['a 720p video', { height: 720, width: 1280, frames: 3 }],
])('a report of %s with 150 maps stays below 5 MB, on the page and far from it in memory', async (_, extents) => {
  const report = exampleReport(extents);
  const canvas = report.analyses[1];
  // Noise, which no compression makes smaller: the worst that maps can be.
  const noise = Float32Array.from({ length: 256 * 256 }, (_, p) => 0.1 * Math.abs(Math.sin(p * p * 0.7)));
  const noisy = Array.from({ length: 24 }, (_, n) => ({
    title: `neuron ${n}`,
    height: 256,
    width: 256,
    pixels: { kind: 'values' as const, values: noise },
  }));
  const figures = [1, 2, 3].map((n): Figure => ({ ...mosaic(LAYERS[0], 0, 8, 8), name: `more-${n}`, panels: noisy }));
  const result = { ...canvas.result, figures: [...canvas.result.figures, ...figures] };
  const before = process.memoryUsage().rss;
  const page = await renderExample({ ...report, analyses: [...report.analyses, { ...canvas, result }] });
  expect(page.match(/alt="neuron/g)).toHaveLength(144 + 72);
  expect(page.length).toBeLessThan(5e6);
  expect(process.memoryUsage().rss - before).toBeLessThan(500e6);
});

describe('a figure of several frames', () => {
  const ofFrame = (frame: number): Figure => ({
    ...mosaic(LAYERS[0], 0, 8, 8),
    name: `maps-frame-000${frame}`,
    title: `Maps on frame ${frame}`,
    moment: { series: 'maps', frame },
  });
  const between: Figure = { ...mosaic(LAYERS[0], 0, 8, 8), name: 'other', title: 'Another' };
  let section: string;
  beforeAll(async () => {
    const example = exampleReport();
    const canvas = example.analyses.find(({ name }) => name === 'canvas')!;
    // The first figure is the summary's.
    const first: Figure = { ...between, name: 'first', title: 'First' };
    const figures = [first, ofFrame(0), between, ofFrame(4), ofFrame(9)];
    const analyses = [{ ...canvas, result: { ...canvas.result, figures } }];
    section = sectionOf(await renderExample({ ...example, analyses }), 'canvas');
  });

  test('has one number, a letter for each frame, and stands where its first frame is', () => {
    const numbers = [...section.matchAll(/<b class="number">Figure (\w+)<\/b> <b>([^<]*)\./g)].map(([, n, title]) => [
      n.replace(/\d+/, ''),
      title,
    ]);
    expect(numbers).toEqual([
      ['a', 'Maps on frame 0'],
      ['b', 'Maps on frame 4'],
      ['c', 'Maps on frame 9'],
      ['', 'Another'],
    ]);
  });

  test('lets one frame be chosen without scripts, the first to begin with', () => {
    const inputs = [
      ...section.matchAll(/<input type="radio" name="([^"]*)" id="([^"]*)"( checked)?><label for="([^"]*)">/g),
    ];
    expect(inputs.map(([, , , checked]) => checked !== undefined)).toEqual([true, false, false]);
    expect(new Set(inputs.map(([, name]) => name)).size).toBe(1);
    for (const [, , id, , target] of inputs) expect(target).toBe(id);
    expect(section.match(/<div class="moment">/g)).toHaveLength(3);
  });
});

test('what single analyses left out is listed at the end as well', async () => {
  const example = exampleReport();
  const analyses = example.analyses.map((one) => ({
    ...one,
    result: { ...one.result, omissions: one.name === 'canvas' ? [{ layer: 'layer2', why: 'it is dead.' }] : [] },
  }));
  const page = await renderExample({ ...example, analyses, omissions: [{ what: 'motion', why: 'no video' }] });
  expect(sectionOf(page, 'left-out')).toMatch(
    /<dt>motion<\/dt><dd>no video<\/dd>.*<dt>The canvas<\/dt><dd>layer2 was left out: it is dead\.<\/dd>/s,
  );
  const complete = await renderExample({
    ...example,
    omissions: [],
    analyses: analyses.map((one) => ({ ...one, result: { ...one.result, omissions: [] } })),
  });
  expect(sectionOf(complete, 'left-out')).toContain('Nothing: every analysis');
});

test('small analyses are asked for once, those of large figures or tables again, so that not all of them are in memory', async () => {
  const example = exampleReport(SMALL);
  const [first] = example.analyses;
  const asked = async ({ height, width, rows = 0 }: { height: number; width: number; rows?: number }) => {
    const labels = new Uint16Array(height * width);
    const panels = [
      { title: 'labels', height, width, pixels: { kind: 'labels' as const, labels, colors: ['#333333'] } },
    ];
    const figures: Figure[] = [{ kind: 'raster', name: 'groups', title: 'Groups', caption: 'Groups.', panels }];
    const row = [1];
    const columns = [{ name: 'neuron', description: 'which' }];
    const tables = [{ name: 'cells', title: 'Cells', columns, rows: new Array(rows).fill(row) }];
    const analyses = [{ ...first, result: { ...first.result, figures, tables } }];
    let times = 0;
    const ask = () => {
      times++;
      return analyses;
    };
    const page = await renderReport({ ...example, training: [], analyses: ask });
    expect(sectionOf(page, first.name)).toContain('Groups.');
    return times;
  };
  expect(await asked({ height: 8, width: 8 })).toBe(1);
  expect(await asked({ height: 2048, width: 4097 })).toBe(2);
  expect(await asked({ height: 8, width: 8, rows: 2 ** 23 })).toBe(2);
});
