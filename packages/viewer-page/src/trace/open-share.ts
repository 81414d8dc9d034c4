import { buffersIn, type Kernels, type Source, takePixelResults } from '@xinc/kernels';
import { mapMoments } from './map-moments.js';
import type { Answers, LayerShare, Question } from './questions.js';
import { shrinkPlane, thumbnailExtents } from './thumbnail.js';
import type { Steps } from './turns.js';

/** Values computed at a time: a millisecond or so. */
const VALUES_AT_ONCE = 2 ** 18;
/** Neurons whose contributions to one pixel are computed at a time; two or three milliseconds of the slowest layers. */
const PIXEL_NEURONS_AT_ONCE = 4096;
/** Milliseconds after which what is known so far is sent. */
const PATIENCE = 24;

/** A share of a layer in a thread's kernels. */
export interface OpenShare {
  /** Absent where the share has no neuron. */
  readonly source: Source | undefined;
  /** Work that calls `answer` with each part of the answer, in no particular order. */
  ask(question: Question, answer: (part: Answers[keyof Answers], transfer: ArrayBuffer[]) => void): Steps;
  dispose(): void;
}

/** @param other the source of the same share on another frame */
export function openShare(
  kernels: Kernels,
  { source, start, end }: LayerShare,
  other: (layer: number) => Source | undefined,
): OpenShare {
  // A thread may have no neuron of a layer that has fewer than there are threads.
  const layer: Source | undefined = start < end ? kernels.open(source) : undefined;

  function* values(opened: Source, row: number, column: number, answer: Answer<'values'>): Steps {
    const region = { top: row, left: column, height: 1, width: 1 };
    const since = performance.now();
    const all = new Float32Array(end - start);
    let [sent, first] = [0, start];
    while (first < end) {
      const until = Math.min(end, first + PIXEL_NEURONS_AT_ONCE);
      const neurons = Uint32Array.from({ length: until - first }, (_, i) => first + i);
      opened.maps(neurons, region, all.subarray(first - start, until - start));
      first = until;
      if (first < end && performance.now() - since > PATIENCE) {
        answer({ first: sent, values: all.slice(sent, first - start) });
        sent = first - start;
      }
      yield;
    }
    answer({ first: sent, values: all.slice(sent) });
  }

  function* maps(opened: Source, neurons: readonly number[], answer: Answer<'maps'>): Steps {
    const { height, width } = opened;
    const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / (height * width)));
    for (let first = 0; first < neurons.length; first += atOnce) {
      answer({ first, maps: opened.maps(neurons.slice(first, first + atOnce)) });
      yield;
    }
  }

  function* thumbnails(opened: Source, neurons: readonly number[], most: number, answer: Answer<'thumbnails'>): Steps {
    const pixels = opened.height * opened.width;
    const extents = thumbnailExtents(opened.height, opened.width, most);
    const size = extents.height * extents.width;
    const atOnce = Math.max(4, 4 * Math.floor(VALUES_AT_ONCE / pixels / 4));
    for (let first = 0; first < neurons.length; first += atOnce) {
      const some = neurons.slice(first, first + atOnce);
      const planes = opened.maps(some);
      const cells = new Float32Array(some.length * size);
      for (let i = 0; i < some.length; i++) {
        const plane = planes.subarray(i * pixels, (i + 1) * pixels);
        shrinkPlane(plane, opened, extents, cells.subarray(i * size, (i + 1) * size));
      }
      answer({ first, ...extents, cells });
      yield;
    }
  }

  function* moments(
    opened: Source,
    { plane, region, neurons }: Extract<Question, { kind: 'moments' }>,
    answer: Answer<'moments'>,
  ): Steps {
    const wanted = neurons ?? Array.from({ length: end - start }, (_, i) => start + i);
    const atOnce = Math.max(4, 4 * Math.floor(VALUES_AT_ONCE / plane.length / 4));
    for (let first = 0; first < wanted.length; first += atOnce) {
      answer({ first, moments: mapMoments(opened.maps(wanted.slice(first, first + atOnce), region), plane) });
      yield;
    }
  }

  function* reduce(
    opened: Source,
    { reductions, region, neurons, previous }: Extract<Question, { kind: 'reduce' }>,
    answer: Answer<'reduce'>,
  ): Steps {
    const { height, width } = region ?? opened;
    const before = previous === undefined ? undefined : other(previous);
    if (previous !== undefined && !before) throw new Error('The frame before is no longer open');
    const size = piece((before ? 2 : 1) * height * width);
    const pieces = neurons
      ? runsOf(neurons)
      : spreadPieces(start, end, size).map((run) => ({ ...run, at: run.from - start }));
    const reduction = opened.reduction({
      ...reductions,
      ...(region && { region }),
      ...(before && { previous: before }),
    });
    const perPixel = {};
    try {
      for (const [i, { from, to, at }] of pieces.entries()) {
        const result = takePixelResults(perPixel, reduction.add(from, to));
        const last = i === pieces.length - 1;
        answer({ first: at, neurons: to - from, result, ...(last && { perPixel }) });
        yield;
      }
    } finally {
      reduction.dispose();
    }
  }

  return {
    source: layer,
    *ask(question, answer) {
      if (!layer) return;
      const handOver = (part: Answers[keyof Answers]) => answer(part, buffersIn(part));
      switch (question.kind) {
        case 'values':
          return yield* values(layer, question.row, question.column, handOver);
        case 'maps':
          return yield* maps(layer, question.neurons, handOver);
        case 'thumbnails':
          return yield* thumbnails(layer, question.neurons, question.width, handOver);
        case 'moments':
          return yield* moments(layer, question, handOver);
        case 'reduce':
          return yield* reduce(layer, question, handOver);
      }
    },
    dispose: () => layer?.dispose(),
  };
}

type Answer<K extends keyof Answers> = (part: Answers[K]) => void;

/** Neurons per piece of a reduction over so many pixels. */
function piece(pixels: number): number {
  return 4 * Math.max(1, Math.min(256, Math.round((4 * VALUES_AT_ONCE) / pixels / 4)));
}

/**
 * Pieces of a range, first every eighth, then those between: what is known early is then a fair sample of the layer,
 * whose neighbouring neurons resemble each other.
 */
function spreadPieces(start: number, end: number, size: number): { from: number; to: number }[] {
  const pieces: { from: number; to: number }[] = [];
  for (let from = start; from < end; from += size) pieces.push({ from, to: Math.min(end, from + size) });
  const order: { from: number; to: number }[] = [];
  for (let phase = 0; phase < 8; phase++) for (let i = phase; i < pieces.length; i += 8) order.push(pieces[i]);
  return order;
}

/** Runs of consecutive neurons, with their place in the list. */
function runsOf(neurons: readonly number[]): { from: number; to: number; at: number }[] {
  const runs: { from: number; to: number; at: number }[] = [];
  for (const [at, neuron] of neurons.entries()) {
    const last = runs.at(-1);
    if (last?.to === neuron && last.to - last.from < 256) last.to++;
    else runs.push({ from: neuron, to: neuron + 1, at });
  }
  return runs;
}
