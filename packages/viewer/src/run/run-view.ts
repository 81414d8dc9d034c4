import { basename } from 'node:path';
import type { Inr, LayerHook } from '@xinc/core';
import { toJsonNumber } from '@xinc/core/formats';
import { layerLinks, layerReading, neuronNumbering } from '@xinc/core/trace';
import { type LayerView, type RunView, tracedInPage } from '@xinc/viewer-page';
import { tagOf } from '../http/answer.js';
import { describeNetwork } from './network-graph.js';
import type { ServedRun } from './served-run.js';

/**
 * What the page shows of a run.
 * @param order of analyses, by name; others follow
 * @param onnx whether an engine at hand writes ONNX
 */
export async function viewRun(served: ServedRun, order: readonly string[], onnx: boolean): Promise<RunView> {
  const opened = await served.open();
  const { manifest } = opened.run;
  const { title, inr } = opened.model;
  const { signal, metrics, training } = manifest;
  const { kind, frames, height, width, source } = signal;
  const weights = await served.newestWeights(opened);
  const { curve, live } = await served.training(opened);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const analyses = await served.analyses(opened);
  const faithfulness = await served.faithfulness(opened);
  return {
    id: served.id,
    name: served.source.name,
    signal: {
      kind,
      frames,
      height,
      width,
      path: basename(source.path),
      ...(source.frameRate !== undefined && { frameRate: source.frameRate }),
    },
    model: {
      name: manifest.model.name,
      title,
      parameters: manifest.model.parameters,
      settings: tagOf(settingsText(manifest.model.config)),
    },
    seed: manifest.seed,
    weightsVersion: weights?.version ?? 0,
    ready: weights !== null,
    atWork: await served.atWork(),
    layers: inr.layers.map((hook) => viewLayer(inr, hook, faithfulness[hook.id])),
    links: linksOf(inr),
    untraced: inr.untraced ?? [],
    network: onnx ? describeNetwork(inr) : null,
    ...(metrics && { psnr: toJsonNumber(metrics.psnr) }),
    framePsnr: (metrics?.framePsnr ?? []).map(toJsonNumber),
    training: training
      ? {
          step: Math.max(training.step, curve.at(-1)?.step ?? 0),
          steps: training.steps,
          ...(training.untilPsnr !== undefined && { untilPsnr: training.untilPsnr }),
          live,
          curve: curve.map(({ step, psnr, seconds }) => ({ step, psnr: toJsonNumber(psnr), seconds })),
        }
      : null,
    groupings: await served.groupings(opened),
    analyses: analyses.sort((a, b) => place(a.name) - place(b.name)),
    stars: await served.stars(opened),
  };
}

/** The same text for the same settings, in whatever order they were written. */
function settingsText(config: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A run is asked for often while it changes, and its network stays. */
const knownLinks = new WeakMap<Inr, { readonly links: RunView['links'] }>();

function linksOf(inr: Inr): RunView['links'] {
  const known = knownLinks.get(inr);
  if (known) return known.links;
  const links = tryLinks(inr);
  knownLinks.set(inr, { links });
  return links;
}

/** For the sake of a list, a run is not withheld whose plugin's program cannot be run on symbols. */
function tryLinks(inr: Inr): RunView['links'] {
  try {
    return layerLinks(inr);
  } catch {
    return null;
  }
}

function viewLayer(inr: Inr, hook: LayerHook, faithfulness: number | undefined): LayerView {
  const { id, label, kind } = hook;
  const weight = hook.kind === 'dense' ? hook.weight : hook.kind === 'conv' ? hook.kernel : undefined;
  return {
    id,
    label,
    reading: layerReading(hook),
    ...neuronNumbering(inr, hook),
    kind,
    traced: tracedInPage(inr, hook) ? 'page' : 'server',
    ...(weight !== undefined && { weight }),
    ...(faithfulness !== undefined && { faithfulness }),
  };
}
