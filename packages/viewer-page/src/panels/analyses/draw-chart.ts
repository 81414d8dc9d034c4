import { labelLogAxes } from '@xinc/report/log-axis';
import type { Loader, Runtime, View } from 'vega';
import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Spec } from './link-neurons.js';

export interface ChartDrawing {
  readonly config: Readonly<Record<string, unknown>>;
  /** Where controls of the chart's own parameters go. */
  readonly controls: HTMLElement;
  /** Reads a data file that the chart names. */
  readonly read: (name: string) => Promise<string>;
}

/**
 * Draws a chart into a container. Its expressions are interpreted, never made into code; links and pictures in it lead nowhere.
 * @throws Error where it cannot be drawn
 */
export async function drawChart(
  container: HTMLElement,
  spec: Spec,
  { config, controls, read }: ChartDrawing,
): Promise<View> {
  const runtime = runtimeOf(spec, config);
  const nowhere = async () => ({ href: null });
  const loader = { load: read, sanitize: nowhere, http: read, file: read } as unknown as Loader;
  const view = new vega.View(runtime, { expr: expressionInterpreter, loader, logger: QUIET as never });
  try {
    view.initialize(container, controls).renderer('canvas').hover();
    await view.runAsync();
    return view;
  } catch (error) {
    view.finalize();
    throw error;
  }
}

/**
 * What Vega runs to draw a chart, its expressions taken apart; logarithmic axes carry round labels, however many decades they span.
 * @throws Error where it cannot be drawn
 */
export function runtimeOf(spec: Spec, config: ChartDrawing['config']): Runtime {
  const { spec: compiled } = compile(labelLogAxes(spec) as unknown as TopLevelSpec, { config, logger: QUIET as never });
  return vega.parse(compiled, undefined, { ast: true });
}

/** Warnings of Vega are for those who write charts; what keeps one from being drawn is thrown. */
const QUIET = {
  level: () => QUIET,
  error: (message: unknown) => {
    throw message instanceof Error ? message : new Error(String(message));
  },
  warn: () => QUIET,
  info: () => QUIET,
  debug: () => QUIET,
};
