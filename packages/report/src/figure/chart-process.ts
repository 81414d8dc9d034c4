import { Worker } from 'node:worker_threads';
import type { ChartFigure } from '@xinc/core';
import type { ChartDrawing } from './chart.js';
import { LATE } from './late.js';
import type { Printed } from './printed.js';

/*
 * The process that draws charts; its caller is chart-drawing.ts. A chart is a program, whose author may be a stranger: here it can be
 * ended with all its memory, whatever it does. A thread cannot: what it allocates may end the whole process in native code.
 */

/** `seconds` of processor time are what the drawing may take. */
export type ChartRequest = { readonly id: number; readonly figure: ChartFigure; readonly seconds: number } & (
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
/** Milliseconds between looks at the processor time, and whether anybody waits for drawings. */
const LOOK = 250;

const reply = (message: ChartReply) => void process.send?.(message, () => {});

// Ctrl-C reaches all processes of a terminal; this one ends when the one that started it does.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
// While a chart is drawn only a thread notices that, and how much processor time is spent: seconds of the clock would blame charts for
// what else the machine does. (Windows gives the orphans of a process no other parent.)
const watchman = `
  const { workerData: timesUp } = require('node:worker_threads');
  setInterval(() => {
    if (process.ppid !== ${process.ppid}) process.kill(${process.pid}, 'SIGKILL');
    const { user, system } = process.cpuUsage();
    if (timesUp[0] > 0 && user + system > timesUp[0]) process.kill(${process.pid}, '${LATE}');
  }, ${LOOK});`;
/** Microseconds of processor time, since it began, at which the process ends; 0 while nothing is drawn. */
const timesUp = new Float64Array(new SharedArrayBuffer(8));
new Worker(watchman, { eval: true, workerData: timesUp, stdout: true, stderr: true }).unref();
/** What is being drawn, and the seconds that the last of it was given. */
let [underWay, seconds] = [0, 0];

/** The time begins again with each chart that is given or done, since of two charts one waits for the other. */
function giveTime(): void {
  const { user, system } = process.cpuUsage();
  timesUp[0] = underWay > 0 ? user + system + seconds * 1e6 : 0;
}

const [{ drawChart }, { rasterise }] = await Promise.all([import('./chart.js'), import('./rasterise.js')]);

process.on('message', async (request: ChartRequest) => {
  const { id } = request;
  underWay++;
  seconds = request.seconds;
  giveTime();
  try {
    reply({ kind: 'drawn', id, result: await draw(request) });
  } catch (error) {
    reply({ kind: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
  } finally {
    underWay--;
    giveTime();
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
