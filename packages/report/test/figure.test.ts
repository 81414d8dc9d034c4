import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ChartFigure, RasterFigure, RasterPanel } from '@xinc/core';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { renderFigure, renderWebFigure } from '../dist/index.js';
import { curveChart, LAYERS, mosaic } from './example-report.js';

/** sRGB of a pixel of an image. */
async function pixelAt(image: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + 3)];
}

/** The pictures inside a drawing. */
const picturesOf = (svg: string): Buffer[] =>
  [...svg.matchAll(/href="data:image\/png;base64,([^"]+)"/g)].map(([, text]) => Buffer.from(text, 'base64'));

const raster = (panels: readonly RasterPanel[], rest: Partial<RasterFigure> = {}): RasterFigure => ({
  kind: 'raster',
  name: 'example',
  title: 'Example <&">',
  caption: 'What it shows.',
  panels,
  ...rest,
});

const small: ChartFigure = {
  ...curveChart,
  spec: {
    ...curveChart.spec,
    data: { values: (curveChart.spec.data as { values: unknown[] }).values.filter((_, i) => i % 20 === 0) },
  },
};

describe('charts', () => {
  test('a chart is drawn as it was when last looked at', async () => {
    const svg = await renderFigure(small, { theme: 'light', format: 'svg' });
    await expect(`${svg}\n`).toMatchFileSnapshot('snapshots/neuron-totals.svg');
  });

  test('text and background follow the theme', async () => {
    const light = await renderFigure(small, { theme: 'light', format: 'svg' });
    const dark = await renderFigure(small, { theme: 'dark', format: 'svg' });
    expect(light).toContain('#1d2026');
    expect(dark).not.toContain('#1d2026');
    const png = await renderFigure(small, { theme: 'dark', format: 'png', scale: 1 });
    expect(await pixelAt(png, 1, 1)).toEqual([0x15, 0x17, 0x1b]);
  });

  test('a PNG is 300 dots per inch unless asked otherwise', async () => {
    const once = await sharp(await renderFigure(small, { theme: 'light', format: 'png', scale: 1 })).metadata();
    const print = await sharp(await renderFigure(small, { theme: 'light', format: 'png' })).metadata();
    expect(print.width! / once.width!).toBeCloseTo(300 / 96, 2);
    expect([once.density, print.density]).toEqual([96, 300]);
  });

  test.each([
    ['a file', { data: { url: 'file:///etc/passwd' }, mark: 'bar', encoding: { x: { field: 'a' } } }],
    ['an address', { data: { url: 'https://example.org/a.csv' }, mark: 'bar', encoding: { x: { field: 'a' } } }],
  ])('a chart that asks for %s gets nothing, and is not drawn as if it had', async (_, spec) => {
    await expect(renderFigure({ ...small, spec }, { theme: 'light', format: 'svg' })).rejects.toThrow(
      `Chart '${small.name}' cannot be drawn: it asks for ${spec.data.url}, and charts must carry their numbers inside`,
    );
  });

  test('a picture or a link to somewhere else is not drawn', async () => {
    const spec = {
      data: { values: [{ a: 1, u: 'https://example.org/x.png' }] },
      mark: { type: 'image', width: 9, height: 9 },
      encoding: { x: { field: 'a', type: 'quantitative' }, url: { field: 'u' }, href: { field: 'u' } },
    };
    const svg = await renderFigure({ ...small, spec }, { theme: 'light', format: 'svg' });
    expect(svg).not.toContain('example.org');
  });

  test('what is only filled or only stroked is as light by its paint alone', async () => {
    const layer = (mark: object) => ({
      mark,
      encoding: { x: { field: 'a', type: 'quantitative' }, y: { field: 'b', type: 'quantitative' } },
    });
    const spec = {
      data: {
        values: [
          { a: 0, b: 1 },
          { a: 1, b: 2 },
        ],
      },
      layer: [
        layer({ type: 'area', opacity: 0.3, color: '#000' }),
        layer({ type: 'line', opacity: 0.4, color: '#000' }),
        layer({ type: 'point', opacity: 0.5, fill: '#fff', stroke: '#000' }),
      ],
    };
    const svg = await renderFigure({ ...small, spec }, { theme: 'light', format: 'svg' });
    const shapes = [...svg.matchAll(/<path [^>]*opacity="0[^>]*>/g)].map(([shape]) =>
      [...shape.matchAll(/ ([\w-]*opacity="[\d.]+")/g)].map(([, attribute]) => attribute),
    );
    // Of what is filled and stroked the two would be seen through each other.
    expect(shapes).toEqual([['fill-opacity="0.3"'], ['stroke-opacity="0.4"'], ['opacity="0.5"'], ['opacity="0.5"']]);
  });

  test('a broken specification is told by the name of the figure', async () => {
    const broken = { ...small, name: 'odd', spec: { mark: 'no-such-mark', encoding: {} } };
    await expect(renderFigure(broken, { theme: 'light', format: 'svg' })).rejects.toThrow(
      /^Chart 'odd' cannot be drawn: /,
    );
  });

  test('control characters in data leave the drawing valid', async () => {
    const values = [{ layer: 'a\u0000\u001b<script>', percent: 1, mean: 1 }];
    const svg = await renderFigure(
      { ...small, spec: { ...small.spec, data: { values }, encoding: { x: { field: 'layer' } } } },
      { theme: 'light', format: 'svg' },
    );
    expect(svg).not.toMatch(/[^\P{Cc}\n]|<script/u);
    await expect(sharp(Buffer.from(svg)).png().toBuffer()).resolves.toBeInstanceOf(Buffer);
  });
});

describe('raster figures', () => {
  test('each value has the colour of its place on the scale, and none is transparent', async () => {
    const panel: RasterPanel = {
      title: 'p',
      height: 1,
      width: 4,
      pixels: {
        kind: 'values',
        values: Float32Array.of(0, 1, 99, Number.NaN),
        scale: { map: 'sequential', domain: [0, 1], label: 'v' },
      },
    };
    const [png] = picturesOf(await renderFigure(raster([panel]), { theme: 'light', format: 'svg' }));
    const rgba = await sharp(png).ensureAlpha().raw().toBuffer();
    expect([...rgba.subarray(0, 4)]).toEqual([0, 0, 4, 255]);
    expect([...rgba.subarray(4, 8)]).toEqual([252, 255, 164, 255]);
    expect([...rgba.subarray(8, 12)]).toEqual([252, 255, 164, 255]);
    expect(rgba[15]).toBe(0);
  });

  test('labels have the colours of their groups; a missing colour is grey', async () => {
    const panel: RasterPanel = {
      title: 'p',
      height: 1,
      width: 3,
      pixels: { kind: 'labels', labels: Uint16Array.of(1, 0, 5), colors: ['#ff0000', '#00ff00'] },
    };
    const [png] = picturesOf(await renderFigure(raster([panel]), { theme: 'light', format: 'svg' }));
    const rgb = await sharp(png).removeAlpha().raw().toBuffer();
    expect([...rgb]).toEqual([0, 255, 0, 255, 0, 0, 128, 128, 128]);
  });

  test('a palette keeps all 255 levels of a map, exactly', async () => {
    const values = Float32Array.from({ length: 255 * 4 }, (_, i) => (i * 37) % 255);
    const panel: RasterPanel = {
      title: 'p',
      height: 4,
      width: 255,
      pixels: { kind: 'values', values, scale: { map: 'diverging', domain: [0, 254], label: 'v' } },
    };
    const [png] = picturesOf(await renderFigure(raster([panel]), { theme: 'light', format: 'svg' }));
    const { colorTable } = await import('../src/figure/color-map.js');
    const table = colorTable('diverging');
    const rgb = await sharp(png).removeAlpha().raw().toBuffer();
    expect([...rgb]).toEqual([...values].flatMap((level) => [...table.subarray(3 * level, 3 * level + 3)]));
  });

  test('pixels are scaled without smoothing', async () => {
    const panel: RasterPanel = {
      title: '',
      height: 1,
      width: 2,
      pixels: { kind: 'rgb', rgb: Float32Array.of(1, 0, 0, 0, 0, 1) },
    };
    const png = await renderFigure(raster([panel]), { theme: 'light', format: 'png', scale: 1 });
    const { width } = await sharp(png).metadata();
    const colors = new Set<string>();
    for (let x = 20; x < width! - 20; x += 3) colors.add((await pixelAt(png, x, 150)).join());
    expect([...colors]).toEqual(['255,0,0', '0,0,255']);
  });

  test('titles are escaped and the colour bar carries its numbers', async () => {
    const svg = await renderFigure(mosaic(LAYERS[0], 0, 16, 32), { theme: 'dark', format: 'svg' });
    expect(svg).toContain('neuron 37');
    expect(svg).toContain('|c|, contribution');
    const hostile = await renderFigure(raster([]), { theme: 'dark', format: 'svg' });
    expect(hostile).toContain('Example &lt;&amp;&quot;&gt;');
  });
});

test('a picture far taller than wide keeps its proportions and stays drawable', async () => {
  const column: RasterPanel = {
    title: 'column',
    height: 3000,
    width: 1,
    pixels: { kind: 'values', values: Float32Array.from({ length: 3000 }, (_, row) => row) },
  };
  const svg = await renderFigure(raster([column]), { theme: 'light', format: 'svg' });
  const [, width, height] = /<image [^>]*width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number);
  expect(height).toBe(960);
  expect(height / width).toBeCloseTo(3000);
  const print = await sharp(await renderFigure(raster([column]), { theme: 'light', format: 'png' })).metadata();
  expect(print.height).toBeLessThan(4000);
});

describe.runIf(process.platform === 'linux')('fonts', () => {
  const carried = fileURLToPath(new URL('../dist/fonts', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'xinc-fonts-'));
  afterAll(() => rm(folder, { recursive: true }));

  /** What a program prints that has the built package, in an environment of its own. */
  async function printed(program: string, environment: Record<string, string>): Promise<string> {
    const { FONTCONFIG_FILE: _, FONTCONFIG_PATH: __, ...env } = process.env;
    const all = `
      const { renderFigure } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
      const values = Float32Array.of(0);
      const draw = (title) => renderFigure(
        { kind: 'raster', name: 'a', title: '', caption: '', panels: [{ title, height: 1, width: 1, pixels: { kind: 'values', values } }] },
        { theme: 'light', format: 'png', scale: 1 },
      );
      ${program}`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', all], {
      env: { ...env, XDG_CACHE_HOME: folder, ...environment },
    });
    return stdout.trim();
  }

  test('text has letters where the package’s font is the only one', async () => {
    const alone = join(folder, 'alone');
    await cp(carried, alone, { recursive: true });
    const configuration = join(alone, 'fonts.conf');
    const text = await readFile(configuration, 'utf8');
    await writeFile(configuration, text.replace(/<include.*<\/include>/, '').replace(/<dir>.*<\/dir>/g, ''));
    const program = `
      const drawings = await Promise.all([...'ₙτΣ|'].map(draw));
      console.log(new Set(drawings.map((png) => Buffer.from(png).toString('hex'))).size);`;
    expect(await printed(program, { FONTCONFIG_FILE: configuration })).toBe('4');
  });

  test('drawing tells fontconfig of that font, but for those who have configured it', async () => {
    const program = `await draw('A'); console.log(process.env.FONTCONFIG_FILE);`;
    expect(await printed(program, {})).toBe(join(carried, 'fonts.conf'));
    expect(await printed(program, { FONTCONFIG_PATH: '/etc/fonts' })).toBe('undefined');
  });
});

describe('figures for the web', () => {
  const [height, width] = [64, 512];
  const values = Float32Array.from({ length: height * width }, (_, p) => Math.sin(p / 40) + (p % width) / width);
  const labels = Uint16Array.from(values, (_, p) => Math.floor((4 * (p % width)) / width));
  const panels = [
    { title: 'neuron 1', height, width, pixels: { kind: 'values', values } },
    {
      title: 'groups',
      height,
      width,
      pixels: { kind: 'labels', labels, colors: ['#ff0000', '#00ff00', '#0000ff', '#fff'] },
    },
  ] as const;

  test('pictures have no more pixels than are seen, and colours near those in print', async () => {
    const figure = raster(panels, { columns: 2 });
    const svg = await renderWebFigure(figure);
    const found = [...svg.matchAll(/href="data:image\/(\w+);base64,([^"]+)"/g)];
    expect(found.map(([, kind]) => kind)).toEqual(['avif', 'webp']);
    const pictures = found.map(([, , text]) => Buffer.from(text, 'base64'));
    const printed = picturesOf(await renderFigure(figure, { theme: 'light', format: 'svg' }));
    expect(svg.length).toBeLessThan(0.5 * Buffer.concat(printed).length);
    const raw = (picture: Buffer) =>
      sharp(picture).resize({ width: 256, height: 32, fit: 'fill' }).removeAlpha().raw().toBuffer();
    for (const [i, most] of [6, 0.5].entries()) {
      const [web, print] = [await raw(pictures[i]), await raw(printed[i])];
      const off = web.reduce((sum, value, at) => sum + Math.abs(value - print[at]), 0) / web.length;
      expect(off).toBeLessThan(most);
    }
    const six = Array.from({ length: 6 }, () => panels[0]);
    const narrow = await renderWebFigure(raster(six, { columns: 6 }));
    const first = /base64,([^"]+)"/.exec(narrow)![1];
    expect((await sharp(Buffer.from(first, 'base64')).metadata()).width).toBeLessThan(width);
  });
});
