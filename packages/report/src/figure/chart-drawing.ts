import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type ChartFigure, XincError } from '@xinc/core';
import { chartExcess } from './chart-limits.js';
import type { ChartReply, ChartRequest } from './chart-process.js';
import { ensureFonts } from './fonts.js';
import { LATE } from './late.js';
import type { Printed } from './printed.js';

/** Milliseconds that the process stays for another chart. */
const PATIENCE = 10_000;
/** Charts drawn at once: one becomes a PNG, by threads of libvips, while the next is drawn. */
const AT_ONCE = 2;
/** Seconds of processor time in which a chart is drawn; one of an analysis takes a tenth of one. */
const DEADLINE = 10;
const LEAST_DEADLINE = 2;
/** How many times as many seconds of the clock it may take, on a machine that is busy. */
const BUSY = 60;
/** Milliseconds that the process has to begin, on such a machine. */
const START = 60_000;
/** MiB of JavaScript's memory of the process. */
const MEMORY = 1024;
/** Charts that may be ended before no other is tried, so that a run does not decide how long a report takes. */
const MOST_ENDED = 8;

type Request = ChartRequest extends infer R ? (R extends ChartRequest ? Omit<R, 'id' | 'seconds'> : never) : never;

interface Task {
  readonly request: Request;
  readonly resolve: (result: string | Printed) => void;
  readonly reject: (error: XincError) => void;
  /** Whether it is drawn by itself, since of several that were the process was ended. */
  alone: boolean;
}

/** A process that draws charts, and what it was given. */
interface Drawer {
  readonly child: ChildProcess;
  ready: boolean;
  /** Processor time that its last chart was given. */
  seconds: number;
  /** Why it was ended, where that was done here. */
  late?: string;
}

const queue: Task[] = [];
const underWay = new Map<number, Task>();
/** Charts that were ended: they are drawn in several ways. */
const ended = new WeakMap<ChartFigure, XincError>();
let endedCount = 0;
let drawer: Drawer | undefined;
let timer: NodeJS.Timeout | undefined;
let lastId = 0;

/**
 * A chart as SVG text, or as SVG and PNG. Drawn in a process under limits of time and memory: a chart is a program, and may come with
 * a run from a stranger. The process comes with the first chart and goes when there is none for a while.
 * @throws XincError `plugin` where the chart cannot be drawn, or is ended by the limits; `unsupported` where no chart can
 */
export function drawChartApart(request: Request & { readonly task: 'svg' }): Promise<string>;
export function drawChartApart(request: Request & { readonly task: 'print' }): Promise<Printed>;
export async function drawChartApart(request: Request): Promise<string | Printed> {
  const { figure } = request;
  const excess = chartExcess(figure.spec);
  if (excess !== undefined) throw undrawn(figure, excess);
  return new Promise((resolve, reject) => {
    queue.push({ request, resolve, reject, alone: false });
    proceed();
  });
}

/** Loads what draws charts, which takes half a second. */
export function prepareCharts(): void {
  if (drawer) return;
  drawer = start();
  watch();
}

/** Gives the process what it has room for. */
function proceed(): void {
  while (queue.length > 0) {
    const [task] = queue;
    const { figure } = task.request;
    const tooMany = `it is not tried, since ${MOST_ENDED} charts before it took too long or too much memory`;
    const refusal = ended.get(figure) ?? (endedCount < MOST_ENDED ? undefined : undrawn(figure, tooMany));
    if (refusal) {
      queue.shift();
      task.reject(refusal);
      continue;
    }
    prepareCharts();
    const others = [...underWay.values()];
    const room = others.length < AT_ONCE && !others.some(({ alone }) => alone) && !(task.alone && others.length > 0);
    if (!drawer!.ready || !room) break;
    queue.shift();
    const id = ++lastId;
    underWay.set(id, task);
    drawer!.seconds = Math.max(LEAST_DEADLINE, DEADLINE / (1 + endedCount));
    drawer!.child.send({ ...task.request, id, seconds: drawer!.seconds } as ChartRequest);
  }
  watch();
}

/** The process watches its processor time by itself; here is what ends one that spends none, or does not begin, or has nothing to do. */
function watch(): void {
  clearTimeout(timer);
  if (!drawer) return;
  const { child, ready, seconds } = drawer;
  const wanted = underWay.size > 0 || queue.length > 0;
  // While nothing is drawn it does not keep this process alive.
  for (const one of [child, child.channel]) wanted ? one?.ref() : one?.unref();
  const limit = !ready ? START : wanted ? seconds * BUSY * 1000 : PATIENCE;
  const watched = drawer;
  timer = setTimeout(() => {
    if (!wanted && ready) {
      drawer = undefined;
      child.disconnect();
      return;
    }
    watched.late = `it takes longer than ${(limit / 1000).toFixed(0)} s`;
    child.kill('SIGKILL');
  }, limit);
  if (!wanted) timer.unref();
}

function start(): Drawer {
  ensureFonts();
  const child = fork(fileURLToPath(new URL('./chart-process.js', import.meta.url)), {
    execArgv: [`--max-old-space-size=${MEMORY}`],
    serialization: 'advanced',
    // What V8 prints when it ends is not shown.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const started: Drawer = { child, ready: false, seconds: DEADLINE };
  child.on('message', (message: ChartReply) => {
    if (message.kind === 'ready') started.ready = true;
    else {
      const task = underWay.get(message.id);
      underWay.delete(message.id);
      if (message.kind === 'drawn') task?.resolve(message.result);
      else task?.reject(undrawn(task.request.figure, message.reason));
    }
    proceed();
  });
  // Where it does not start, or a message cannot be sent, the event of its end tells it.
  child.on('error', (error) => child.pid === undefined && lose(started, error.message));
  child.on('close', (status, signal) => {
    if (signal === LATE) started.late ??= `it takes longer than ${started.seconds.toFixed(0)} s of processor time`;
    lose(started, String(signal ?? status));
  });
  return started;
}

/** After the end of a process: what it drew by itself is to blame; else each chart is drawn once more by itself. */
function lose(lost: Drawer, how: string): void {
  if (drawer !== lost) return;
  drawer = undefined;
  clearTimeout(timer);
  const tasks = [...underWay.values()];
  underWay.clear();
  if (!lost.ready) {
    const what = `Charts cannot be drawn: the process that draws them ends before it has begun (${how})`;
    for (const task of queue.splice(0)) task.reject(new XincError('unsupported', what));
    return;
  }
  const [first] = tasks;
  if (tasks.length === 1 && (first.alone || lost.late !== undefined)) {
    const { request, reject } = first;
    const memory = `it takes more than ${MEMORY / 1024} GB of memory, or ends the process that draws it (${how})`;
    const error = undrawn(request.figure, lost.late ?? memory);
    ended.set(request.figure, error);
    endedCount++;
    reject(error);
  } else {
    for (const task of tasks) task.alone = true;
    queue.unshift(...tasks);
  }
  proceed();
}

function undrawn({ name }: ChartFigure, reason: string): XincError {
  return new XincError('plugin', `Chart '${name}' cannot be drawn: ${reason}`, { subject: name });
}
