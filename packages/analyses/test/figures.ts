import { type AnalysisResult, type Figure, omissionSentences } from '@xinc/core';
import { compile, type TopLevelSpec } from 'vega-lite';
import { expect } from 'vitest';

/** Compiles every chart, demanding no warning; checks names, captions and that panels hold as many values as pixels. */
function expectSoundFigures(figures: readonly Figure[]): void {
  expect(new Set(figures.map((figure) => figure.name)).size).toBe(figures.length);
  for (const figure of figures) {
    expect(figure.name).toMatch(/^[A-Za-z0-9._-]+$/);
    expect(figure.caption).toMatch(/\.$/);
    if (figure.kind === 'chart') {
      expect(JSON.stringify(figure.spec).length, `size of ${figure.name}`).toBeLessThan(400_000);
      const { warnings, vega } = compileQuietly(figure.spec);
      expect(warnings, figure.name).toEqual([]);
      expect(vega.marks?.length).toBeGreaterThan(0);
      continue;
    }
    for (const { height, width, pixels, title } of figure.panels) {
      const held =
        pixels.kind === 'values'
          ? pixels.values.length
          : pixels.kind === 'rgb'
            ? pixels.rgb.length / 3
            : pixels.labels.length;
      expect(held, `${figure.name}: ${title}`).toBe(height * width);
      if (pixels.kind === 'values') {
        const [low, high] = (pixels.scale ?? figure.scale)!.domain;
        expect(high, `${figure.name}: ${title}`).toBeGreaterThan(low);
      }
    }
  }
}

/** Checks that rows fit their columns and arrays their shapes, and that findings and omissions are sentences. */
export function expectSoundResult(result: AnalysisResult): void {
  expectSoundFigures(result.figures);
  for (const { rows, columns } of result.tables) {
    for (const row of rows) expect(row).toHaveLength(columns.length);
  }
  for (const { shape, data } of result.arrays) expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
  const names = result.arrays.map(({ frame, layer, name }) => `${frame}/${layer}/${name}`);
  expect(new Set(names).size).toBe(names.length);
  expect(result.findings.length).toBeGreaterThan(0);
  const sentences = [...result.findings, ...omissionSentences(result.omissions ?? [])];
  for (const sentence of sentences) expect(sentence).toMatch(/^\S.*\.$/);
  expect(result.findings.join(' ')).not.toMatch(/NaN|undefined|Infinity/);
}

function compileQuietly(spec: Readonly<Record<string, unknown>>) {
  const warnings: unknown[] = [];
  const complain = (...message: unknown[]) => {
    warnings.push(message);
    return logger;
  };
  const logger = { level: () => logger, error: complain, warn: complain, info: () => logger, debug: () => logger };
  const { spec: vega } = compile(spec as unknown as TopLevelSpec, { logger: logger as never });
  return { warnings, vega };
}
