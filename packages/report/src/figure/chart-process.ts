import { Worker } from 'node:worker_threads';
import type { ChartFigure } from '@xinc/core';
import type { ChartDrawing } from './chart.js';
import type { Printed } from './printed.js';

/*
 * The process that draws charts; its caller is chart-drawing.ts. A chart is a program, whose author may be a stranger: here it can be
 * ended with all its memory, whatever it does. A thread cannot: what it allocates may end the whole process in native code.
 */

export type ChartRequest = { readonly id: number; readonly figure: ChartFigure } & (
  | { readonly task: 'svg'; readonly drawing: ChartDrawing }
  /** SVG and PNG, of `scale` pixels per CSS pixel. */
  | { readonly task: 'print'; readonly drawing: ChartDrawing; readonly scale: number }
);

export type ChartReply =
  /** Everything that draws charts is loaded. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'drawn'; readonly id: number; readonly result: string | Printed }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };

/** Characters of a drawing, and pixels of a picture: more is not looked at. */
const MOST_CHARACTERS = 64 * 2 ** 20;
const MOST_PIXELS = 100e6;
/** Milliseconds between looks whether anybody waits for drawings. */
const LOOK = 1000;

const reply = (message: ChartReply) => void process.send?.(message, () => {});

// Ctrl-C reaches all processes of a terminal; this one ends when the one that started it does.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
// While a chart is drawn that is noticed by a thread alone. (Windows gives the orphans of a process no other parent.)
const orphaned = `setInterval(() => process.ppid === ${process.ppid} || process.kill(${process.pid}, 'SIGKILL'), ${LOOK})`;
new Worker(orphaned, { eval: true, stdout: true, stderr: true }).unref();

const [{ drawChart }, { rasterise }] = await Promise.all([import('./chart.js'), import('./rasterise.js')]);

process.on('message', async (request: ChartRequest) => {
  const { id } = request;
  try {
    reply({ kind: 'drawn', id, result: await draw(request) });
  } catch (error) {
    reply({ kind: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
  }
});
reply({ kind: 'ready' });

async function draw(request: ChartRequest): Promise<string | Printed> {
  const svg = await drawChart(request.figure, request.drawing);
  if (svg.length > MOST_CHARACTERS) throw new Error(`its drawing is larger than ${MOST_CHARACTERS / 2 ** 20} MiB`);
  if (request.task === 'svg') return svg;
  const [width = 0, height = 0] = ['width', 'height'].map((side) =>
    Number(new RegExp(` ${side}="([\\d.]+)"`).exec(svg)?.[1]),
  );
  // As a comparison that no NaN passes.
  if (!(width * height * request.scale ** 2 <= MOST_PIXELS)) {
    throw new Error(`its picture of ${width} × ${height} is too large to be printed`);
  }
  return { svg, png: await rasterise(svg, request.scale) };
}
