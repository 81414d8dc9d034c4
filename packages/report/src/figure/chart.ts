import type { ChartFigure } from '@xinc/core';
import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { escaped, permitted } from '../html/markup.js';
import { vegaConfig } from './chart-config.js';
import { labelLogAxes } from './log-axis.js';
import { narrowSpec } from './narrow-spec.js';
import { textWidth } from './text-width.js';
import type { Theme } from './theme.js';

/** How a chart is drawn. `key` sets the names inside one drawing apart from those of others on the same page. */
export interface ChartDrawing {
  readonly theme: Theme;
  readonly key?: string;
  /** For a column as wide as a telephone: panels below one another, legends below them. */
  readonly narrow?: boolean;
}

/**
 * A chart as SVG, drawn by Vega without a browser. Its expressions are interpreted, never compiled to code, and whatever
 * it wants to load is refused: a chart shows the numbers it carries.
 * @throws Error in Vega's words where the specification cannot be drawn
 */
export async function drawChart(figure: ChartFigure, drawing: ChartDrawing): Promise<string> {
  const { theme, key = '', narrow = false } = drawing;
  const spec = labelLogAxes(narrow ? narrowSpec(figure.spec) : figure.spec);
  const config = vegaConfig(theme, narrow);
  const { spec: compiled } = compile(spec as unknown as TopLevelSpec, { config, logger: silent() as never });
  measureText();
  const runtime: vega.Runtime = vega.parse(compiled, undefined, { ast: true });
  const asked = new Set<string>();
  const view = new vega.View(runtime, {
    renderer: 'none',
    expr: expressionInterpreter,
    loader: refusingLoader(asked),
    logger: silent() as never,
  });
  try {
    const svg = await view.toSVG();
    // Vega only warns of data that do not come, and draws a chart without them.
    for (const address of asked) throw new Error(`it asks for ${address}, and charts must carry their numbers inside`);
    return finished(svg, figure, key);
  } finally {
    view.finalize();
  }
}

/**
 * The drawing as one picture to a screen reader, with a text alternative and names of its own, without links and what XML
 * forbids.
 */
function finished(svg: string, { title }: ChartFigure, key: string): string {
  return permitted(ownOpacity(svg))
    .replace(/ (?:role|aria-[a-z]+)="[^"]*"|<\/?a(?: [^>]*)?>/g, '')
    .replace(/\b(id="|url\(#)((?:clip|gradient|pattern)[\w-]*)/g, (_, before, name) => `${before}${key}${name}`)
    .replace(/^<svg /, `<svg role="img" aria-label="Chart: ${escaped(title)}" `);
}

/**
 * Shapes that are only filled, or only stroked, with the opacity of their paint in place of their own, which looks the same: for the latter
 * librsvg draws each on a surface as large as the picture, so that a chart of a hundred bands takes ten seconds to print.
 */
function ownOpacity(svg: string): string {
  return svg.replace(/<(?:path|rect|line|circle) [^>]*>/g, (shape) => {
    const [opacity, value] = / opacity="([\d.]+)"/.exec(shape) ?? [];
    if (opacity === undefined || / (?:fill|stroke)-opacity="/.test(shape)) return shape;
    const [filled, stroked] = ['fill', 'stroke'].map((paint) => new RegExp(` ${paint}="(?!none)`).test(shape));
    if (filled === stroked) return shape;
    return shape.replace(opacity, value === '1' ? '' : ` ${filled ? 'fill' : 'stroke'}-opacity="${value}"`);
  });
}

/** Where Vega finds no canvas it takes every letter for 0.8 em, which leaves charts with wide gaps. */
function measureText(): void {
  const { textMetrics } = vega as unknown as { textMetrics: { width: unknown } };
  textMetrics.width = (item: { readonly fontSize?: number; readonly text?: unknown }, text: unknown) =>
    textWidth(String(text ?? item.text ?? ''), item.fontSize ?? 11);
}

/** Loads nothing, and notes what is asked for; pictures and links in marks lead nowhere. (Vega waits for no refusal of those, so they get no address.) */
function refusingLoader(asked: Set<string>): vega.Loader {
  const refuse = async (address: unknown): Promise<never> => {
    asked.add(String(address).slice(0, 200));
    throw new Error('nothing is loaded');
  };
  const nowhere = async () => ({ href: null });
  return { load: refuse, sanitize: nowhere, http: refuse, file: refuse } as unknown as vega.Loader;
}

/** Vega's warnings (an empty scale, an infinite extent) say nothing to the reader of a figure. */
function silent() {
  const logger = {
    level: () => logger,
    error: () => logger,
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
