import { basename } from 'node:path';
import { type Arrays, counted, type EnginePlugin, type Frame, type Inr } from '@xinc/core';
import { encodeNpy, encodeSafetensors, formatJson } from '@xinc/core/formats';
import { storeNetwork } from '@xinc/core/trace';
import { encodePng } from '@xinc/signals';
import { type LabelView, type RunView, SITE_FILES, type StoredHalves } from '@xinc/viewer-page';
import { tagOf } from '../http/answer.js';
import { exportGraph, exportHalves } from '../run/network-graph.js';
import { viewRun } from '../run/run-view.js';
import type { OpenRun, ServedRun } from '../run/served-run.js';
import { withoutPaths, withoutPathsInJson } from './private-paths.js';
import { publishAnalysis } from './publish-analysis.js';
import type { SiteWriter } from './site-writer.js';

/** A run that was written into a site. */
export interface PublishedRun {
  readonly view: RunView;
  /** Its first frame, for lists. */
  readonly frame: Frame;
  /** Bytes of its files that are loaded when the page is opened on a frame, by its other panels, by other frames, and for switching off. */
  readonly bytes: {
    readonly opening: number;
    readonly panels: number;
    readonly otherFrames: number;
    readonly switchingOff: number;
  };
  /** Arrays that were left out. */
  readonly arraysLeft: { readonly count: number; readonly bytes: number };
  /** What is left out, and what may be meant for nobody else, each in a sentence. */
  readonly notes: readonly string[];
}

/** What a run's files are made with. */
export interface PublishMeans {
  /** Names of analyses, in the order in which they are shown. */
  readonly order: readonly string[];
  /** An engine that writes ONNX. */
  readonly writer: EnginePlugin | undefined;
  /** Whether arrays are written that the page's own panels do not read: all, or those of the analyses in there. */
  readonly arrays: true | ReadonlySet<string>;
}

/**
 * Writes all that the page asks of a run.
 * @throws XincError if the run cannot be read, or has no weights yet
 */
export async function publishRun(served: ServedRun, site: SiteWriter, means: PublishMeans): Promise<PublishedRun> {
  const opened = await served.open();
  const { id } = served;
  const { inr } = opened.model;
  const { parameters } = await served.weights(undefined, opened);
  const { network, constants, lost } = storeNetwork(inr);
  const notes = lost.map(({ id: layer, why }) => `layer '${layer}' is left out: ${why}`);
  const written = await viewRun(served, means.order, means.writer !== undefined);
  const folders = [served.source.folder, opened.run.manifest.signal.source.path];
  const clean = (text: string) => withoutPaths(text, folders);

  let opening = 0;
  const cleanJson = (text: string) => withoutPathsInJson(text, folders);
  const json = (path: string, value: unknown) => site.write(path, cleanJson(formatJson(value)));
  opening += await site.write(SITE_FILES.weights(id), encodeSafetensors({ tensors: parameters, metadata: {} }));
  opening += await json(SITE_FILES.network(id), network);
  if (Object.keys(constants).length > 0) {
    opening += await site.write(SITE_FILES.constants(id), encodeSafetensors({ tensors: constants, metadata: {} }));
  }
  const switchingOff = means.writer?.exportOnnx ? await writeGraphs(inr, means.writer, id, site) : 0;
  const frames = await writeFrames(served, opened, parameters, site);
  opening += frames.largest;
  let panels = 0;

  const arraysLeft = { count: 0, bytes: 0 };
  const withNumbers = new Set<string>();
  const files = new Set<string>();
  for (const analysis of written.analyses) {
    const allArrays = means.arrays === true || means.arrays.has(analysis.name);
    if (allArrays) withNumbers.add(analysis.name);
    const published = await publishAnalysis(served, opened, analysis, { site, allArrays, clean, cleanJson });
    for (const file of published.files) files.add(file);
    panels += published.bytes;
    arraysLeft.count += published.arraysLeft.count;
    arraysLeft.bytes += published.arraysLeft.bytes;
    if (published.problem) notes.push(`pictures of '${analysis.name}' are left out: ${clean(published.problem)}`);
  }
  const view = siteView(written, lost, files, withNumbers, frames.arrayFrames);
  opening += await json(SITE_FILES.run(id), view);
  const stars = view.stars.list.length;
  if (stars > 0) {
    const them = stars === 1 ? 'it' : 'them';
    notes.push(`${counted(stars, 'star')} with what is written beside ${them} can be read by whoever opens the page`);
  }
  const bytes = { opening, panels, otherFrames: frames.bytes - frames.largest, switchingOff };
  return { view: JSON.parse(cleanJson(formatJson(view))), frame: frames.first, bytes, arraysLeft, notes };
}

/** The run as the site shows it: nothing changes any more, and it has the files that were published. */
function siteView(
  view: RunView,
  untraced: RunView['untraced'],
  files: ReadonlySet<string>,
  withNumbers: ReadonlySet<string>,
  arrayFrames: readonly number[],
): RunView {
  const lost = new Set(untraced.map(({ id }) => id));
  return {
    ...view,
    signal: { ...view.signal, path: basename(view.signal.path), arrayFrames },
    weightsVersion: 1,
    atWork: false,
    layers: view.layers.filter(({ id }) => !lost.has(id)),
    links: view.links?.filter(({ from, to }) => !lost.has(from) && !lost.has(to)) ?? null,
    untraced: [...view.untraced, ...untraced],
    training: view.training && { ...view.training, live: false },
    stars: {
      ...view.stars,
      list: view.stars.list.filter(({ layer }) => !lost.has(layer)),
      readOnly: 'This page was published.',
    },
    analyses: view.analyses.map((analysis) => ({
      ...analysis,
      version: tagOf(analysis.version),
      published: { numbers: withNumbers.has(analysis.name) },
      figures: analysis.figures.filter(({ file }) => files.has(file)),
      tables: analysis.tables.filter(({ file }) => files.has(file)),
      arrays: analysis.arrays.filter(({ file }) => files.has(file)),
    })),
  };
}

/** @returns the first frame, the bytes of all, those of the frame that takes most, and the frames that PNG does not hold */
async function writeFrames(served: ServedRun, opened: OpenRun, parameters: Arrays, site: SiteWriter) {
  const { id, source } = served;
  const { inr } = opened.model;
  const { frames, height, width } = inr.signal;
  const everyPixel =
    inr.sampling === 'frames' ? undefined : Uint32Array.from({ length: height * width }, (_, pixel) => pixel);
  const groupings = await served.groupings(opened);
  let first: Frame | undefined;
  let [all, largest] = [0, 0];
  const arrayFrames: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const signal = await source.frame(opened.run, frame);
    first ??= signal;
    // A run's folder has frames of PNG; another source of runs may give any values.
    const bitDepth = ([8, 16] as const).find((bits) => isExact(signal.rgb, bits));
    if (bitDepth === undefined) arrayFrames.push(frame);
    let bytes = await (bitDepth === undefined
      ? site.write(SITE_FILES.signalArray(id, frame), encodeNpy({ shape: [height, width, 3], data: signal.rgb }))
      : site.write(SITE_FILES.signal(id, frame), await encodePng(signal, { bitDepth })));
    const tensors = inr.inputs([frame], everyPixel, parameters);
    bytes += await site.write(SITE_FILES.inputs(id, frame), encodeSafetensors({ tensors, metadata: {} }));
    for (const { name } of groupings) {
      const map = await source.labels(opened.run, name, frame);
      if (!map) continue;
      const view: LabelView = { labels: SITE_FILES.labels(id, frame, name), groups: map.groups };
      bytes += await site.write(SITE_FILES.labelGroups(id, frame, name), formatJson(view));
      const labels = encodeNpy({ shape: [height, width], data: map.labels });
      bytes += await site.write(SITE_FILES.labels(id, frame, name), labels);
    }
    all += bytes;
    largest = Math.max(largest, bytes);
  }
  return { first: first!, bytes: all, largest, arrayFrames };
}

/** Whether a PNG of so many bits holds the values, to the bit. */
function isExact(values: Float32Array, bits: 8 | 16): boolean {
  const full = 2 ** bits - 1;
  return values.every((value) => value >= 0 && value <= 1 && Math.fround(Math.round(full * value) / full) === value);
}

/** @returns the bytes of what is loaded at most */
async function writeGraphs(inr: Inr, writer: EnginePlugin, id: string, site: SiteWriter): Promise<number> {
  let bytes = await site.write(SITE_FILES.onnx(id), await exportGraph(inr, writer.exportOnnx!));
  const weights = inr.layers.flatMap((hook) =>
    hook.kind === 'dense' ? [hook.weight] : hook.kind === 'conv' ? [hook.kernel] : [],
  );
  const cuts: { kept: string[] }[] = [];
  const known = new Set<string>();
  for (const weight of weights) {
    const halves = await exportHalves(inr, writer.exportOnnxHalves, [weight]);
    if (!halves || known.has(tagOf(halves.before))) continue;
    known.add(tagOf(halves.before));
    bytes += await site.write(SITE_FILES.half(id, cuts.length, 'before'), halves.before);
    bytes += await site.write(SITE_FILES.half(id, cuts.length, 'after'), halves.after);
    cuts.push({ kept: inr.parameters.map(({ name }) => name).filter((name) => names(halves.before, name)) });
  }
  const stored: StoredHalves = { cuts };
  return bytes + (await site.write(SITE_FILES.halves(id), formatJson(stored)));
}

/**
 * Whether a graph reads a value of this name: ONNX lists the inputs of its nodes as field 1, whose texts follow their length. A name that
 * is met by chance makes a cut fit less often, and never wrongly.
 */
function names(graph: Uint8Array, name: string): boolean {
  const text = Buffer.from(name, 'utf8');
  const length: number[] = [];
  for (let rest = text.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.from(graph.buffer, graph.byteOffset, graph.byteLength).includes(
    Buffer.from([0x0a, ...length, ...text]),
  );
}
