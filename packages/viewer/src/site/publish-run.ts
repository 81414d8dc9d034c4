import { basename, extname } from 'node:path';
import { type Arrays, counted, type EnginePlugin, type Frame, type Inr } from '@xinc/core';
import { encodeNpy, encodeSafetensors, formatJson } from '@xinc/core/formats';
import { storeNetwork } from '@xinc/core/trace';
import { type LabelView, type RunView, SITE_FILES, type StoredHalves } from '@xinc/viewer-page';
import { tagOf } from '../http/answer.js';
import { exportGraph, exportHalves } from '../run/network-graph.js';
import { viewRun } from '../run/run-view.js';
import type { OpenRun, ServedRun } from '../run/served-run.js';
import { withoutPaths } from './private-paths.js';
import { filesBelow, publishedFile } from './published-files.js';
import type { SiteWriter } from './site-writer.js';

/** A run that was written into a site. */
export interface PublishedRun {
  readonly view: RunView;
  /** Its first frame, for lists. */
  readonly frame: Frame;
  /** Bytes that are loaded before neurons are switched off, at most: everything but the other frames, and what switching off needs. */
  readonly viewBytes: number;
  /** What is left out, and what may be meant for nobody else, each in a sentence. */
  readonly notes: readonly string[];
}

/** What a run's files are made with. */
export interface PublishMeans {
  /** Names of analyses, in the order in which they are shown. */
  readonly order: readonly string[];
  /** An engine that writes ONNX. */
  readonly writer: EnginePlugin | undefined;
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
  const stars = written.stars.list.length;
  if (stars > 0)
    notes.push(
      `${counted(stars, 'star')} with what is written beside ${stars === 1 ? 'it' : 'them'} can be read by whoever opens the page`,
    );
  const folders = [served.source.folder, opened.run.manifest.signal.source.path];
  const clean = (text: string) => withoutPaths(text, folders);

  let bytes = 0;
  const json = (path: string, value: unknown) => site.write(path, clean(formatJson(value)));
  bytes += await site.write(SITE_FILES.weights(id), encodeSafetensors({ tensors: parameters, metadata: {} }));
  bytes += await json(SITE_FILES.network(id), network);
  if (Object.keys(constants).length > 0) {
    bytes += await site.write(SITE_FILES.constants(id), encodeSafetensors({ tensors: constants, metadata: {} }));
  }
  if (means.writer?.exportOnnx) await writeGraphs(inr, means.writer, id, site);
  const { first, frameBytes } = await writeFrames(served, opened, parameters, site);
  bytes += frameBytes;

  const files = new Set<string>();
  for (const { name } of written.analyses) {
    for (const path of await filesBelow(served.folder, `analysis/${name}`)) {
      const file = await publishedFile(served.folder, path);
      if (!file) continue;
      const isText = ['.json', '.csv'].includes(extname(path));
      bytes += await site.write(SITE_FILES.file(id, path), isText ? clean(Buffer.from(file).toString('utf8')) : file);
      files.add(path);
    }
  }
  const view = siteView(written, new Set(lost.map((layer) => layer.id)), lost, files);
  bytes += await json(SITE_FILES.run(id), view);
  return { view: JSON.parse(clean(formatJson(view))), frame: first, viewBytes: bytes, notes };
}

/** The run as the site shows it: nothing changes any more, and rasters are shown as PNG, since an SVG of a stranger may hold anything. */
function siteView(
  view: RunView,
  lost: ReadonlySet<string>,
  why: RunView['untraced'],
  files: ReadonlySet<string>,
): RunView {
  return {
    ...view,
    signal: { ...view.signal, path: basename(view.signal.path) },
    weightsVersion: 1,
    atWork: false,
    layers: view.layers.filter(({ id }) => !lost.has(id)),
    links: view.links.filter(({ from, to }) => !lost.has(from) && !lost.has(to)),
    untraced: [...view.untraced, ...why],
    training: view.training && { ...view.training, live: false },
    stars: { list: view.stars.list.filter(({ layer }) => !lost.has(layer)), readOnly: 'This page was published.' },
    analyses: view.analyses.map((analysis) => ({
      ...analysis,
      version: tagOf(analysis.version),
      figures: analysis.figures
        .map((figure) => ({
          ...figure,
          file: figure.kind === 'raster' ? figure.file.replace(/\.svg$/, '.png') : figure.file,
        }))
        .filter(({ file }) => files.has(file)),
      tables: analysis.tables.filter(({ file }) => files.has(file)),
      arrays: analysis.arrays.filter(({ file }) => files.has(file)),
    })),
  };
}

/** @returns the first frame, and the bytes of the frame that takes most */
async function writeFrames(served: ServedRun, opened: OpenRun, parameters: Arrays, site: SiteWriter) {
  const { id, source } = served;
  const { inr } = opened.model;
  const { frames, height, width } = inr.signal;
  const everyPixel =
    inr.sampling === 'frames' ? undefined : Uint32Array.from({ length: height * width }, (_, pixel) => pixel);
  const groupings = await served.groupings(opened);
  let first: Frame | undefined;
  let frameBytes = 0;
  for (let frame = 0; frame < frames; frame++) {
    const signal = await source.frame(opened.run, frame);
    first ??= signal;
    const shape = [height, width, 3];
    let bytes = await site.write(
      SITE_FILES.signal(id, frame),
      encodeNpy({ shape, data: asBytes(signal.rgb) ?? signal.rgb }),
    );
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
    frameBytes = Math.max(frameBytes, bytes);
  }
  return { first: first!, frameBytes };
}

/** Values that are all parts of 255, as of nearly every picture, in a quarter of the bytes. */
function asBytes(values: Float32Array): Uint8Array | undefined {
  const bytes = Uint8Array.from(values, (value) => Math.round(255 * value));
  return values.every((value, i) => Math.fround(bytes[i] / 255) === value) ? bytes : undefined;
}

async function writeGraphs(inr: Inr, writer: EnginePlugin, id: string, site: SiteWriter): Promise<void> {
  await site.write(SITE_FILES.onnx(id), await exportGraph(inr, writer.exportOnnx!));
  const weights = inr.layers.flatMap((hook) =>
    hook.kind === 'dense' ? [hook.weight] : hook.kind === 'conv' ? [hook.kernel] : [],
  );
  const cuts: { kept: string[] }[] = [];
  const known = new Set<string>();
  for (const weight of weights) {
    const halves = await exportHalves(inr, writer.exportOnnxHalves, [weight]);
    if (!halves || known.has(tagOf(halves.before))) continue;
    known.add(tagOf(halves.before));
    await site.write(SITE_FILES.half(id, cuts.length, 'before'), halves.before);
    await site.write(SITE_FILES.half(id, cuts.length, 'after'), halves.after);
    cuts.push({ kept: inr.parameters.map(({ name }) => name).filter((name) => names(halves.before, name)) });
  }
  const stored: StoredHalves = { cuts };
  await site.write(SITE_FILES.halves(id), formatJson(stored));
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
