import type { LabelMap, LayerHook } from '@xinc/core';
import { encodeNpy, encodeSafetensors } from '@xinc/core/formats';
import type { LabelView } from '@xinc/viewer-page';
import { type ApiRequest, unknownAddress, versionOf } from './api-request.js';
import type { Computation } from './computation.js';
import { type Answer, jsonAnswer, tagOf } from './http/answer.js';
import { BINARY } from './http/content-type.js';
import { readJsonBody } from './http/read-body.js';
import { Refusal } from './http/refusal.js';
import { layerSourceFile } from './run/layer-source-file.js';
import { parseMapsRequest } from './run/maps-request.js';
import type { OpenRun, ServedRun } from './run/served-run.js';

/** A frame of a run that is asked about. */
interface FrameRequest extends ApiRequest {
  readonly served: ServedRun;
  readonly opened: OpenRun;
  readonly frame: number;
  readonly computation: Computation;
}

/** What there is of a frame; `…` is the name of a grouping or layer. */
const ANSWERS: Readonly<Record<string, (asked: FrameRequest, name: string) => Answer | Promise<Answer>>> = {
  'signal.npy': ({ served, opened: { run, model, modelKey }, frame, computation, abort }) => {
    const { height, width } = model.inr.signal;
    return computation.answer(`signal ${served.id} ${modelKey} ${frame}`, abort, async () =>
      encodeNpy({ shape: [height, width, 3], data: (await served.source.frame(run, frame)).rgb }),
    );
  },

  async 'reconstruction.npy'(asked) {
    const { served, opened, frame, computation, abort } = asked;
    const { height, width } = opened.model.inr.signal;
    const weights = await served.weights(versionOf(asked), opened);
    return computation.answer(`reconstruction ${served.id} ${weights.version} ${frame}`, abort, async () => {
      const network = await computation.network(served, opened, weights);
      return encodeNpy({ shape: [height, width, 3], data: (await network.reconstruct(frame)).rgb });
    });
  },

  async inputs({ served, opened, frame, computation, abort }) {
    const { model, modelKey } = opened;
    const { inr } = model;
    // Their size is that of the weights, which have been compared with the file's; what run.json says by itself may be anything.
    const { parameters } = await served.weights(undefined, opened);
    return computation.answer(`inputs ${served.id} ${modelKey} ${frame}`, abort, async () => {
      const pixels = Uint32Array.from({ length: inr.signal.height * inr.signal.width }, (_, p) => p);
      const tensors = inr.inputs([frame], inr.sampling === 'frames' ? undefined : pixels, parameters);
      return encodeSafetensors({ tensors, metadata: {} });
    });
  },

  async 'labels/…'(asked, name) {
    const { groups } = await labelsOf(asked, name);
    const path = ['api', 'runs', asked.served.id, 'frames', asked.frame, 'labels', name, 'labels.npy'];
    const view: LabelView = {
      labels: path.map(encodeURIComponent).join('/'),
      groups: groups.map(({ name: group, category, color }) => ({
        name: group,
        ...(category !== undefined && { category }),
        ...(color !== undefined && { color }),
      })),
    };
    return jsonAnswer(view);
  },

  async 'labels/…/labels.npy'(asked, name) {
    const { height, width, labels } = await labelsOf(asked, name);
    const body = encodeNpy({ shape: [height, width], data: labels });
    return { type: BINARY, tag: tagOf(body), body };
  },

  async 'layers/…/source'(asked, name) {
    const { served, opened, frame, computation, abort } = asked;
    const hook = hookOf(opened, name);
    const weights = await served.weights(versionOf(asked), opened);
    const key = `source ${served.id} ${weights.version} ${frame} ${name}`;
    return computation.answer(key, abort, async () =>
      layerSourceFile(await computation.network(served, opened, weights), hook, frame),
    );
  },

  async 'layers/…/maps'(asked, name) {
    const { served, opened, frame, computation, request, abort } = asked;
    const { height, width } = opened.model.inr.signal;
    hookOf(opened, name);
    const { neurons, region } = parseMapsRequest(await readJsonBody(request), height, width);
    const weights = await served.weights(versionOf(asked), opened);
    const data = await computation.inTurn(async () => {
      const tracer = await computation.tracer(served, opened, weights);
      return tracer.maps(name, frame, neurons, { region });
    }, abort);
    const body = encodeNpy({ shape: [neurons.length, region.height, region.width], data });
    return { type: BINARY, tag: tagOf(body), cache: 'no-store', body };
  },
};

/**
 * @param what the address after the frame's number
 * @throws Refusal, XincError
 */
export async function answerFrame(asked: FrameRequest, what: readonly string[]): Promise<Answer> {
  const address = what.map((part, i) => (i === 1 ? '…' : part)).join('/');
  if (!Object.hasOwn(ANSWERS, address)) throw unknownAddress();
  return ANSWERS[address](asked, what[1]);
}

export function frameOf(text: string, { model }: OpenRun): number {
  const { frames } = model.inr.signal;
  if (/^\d{1,9}$/.test(text) && Number(text) < frames) return Number(text);
  throw new Refusal(404, 'not-found', `There is no frame ${text}: they are numbered 0 to ${frames - 1}`);
}

function hookOf({ model }: OpenRun, id: string): LayerHook {
  const hook = model.inr.layers.find((layer) => layer.id === id);
  if (hook) return hook;
  const ids = model.inr.layers.map((layer) => layer.id);
  throw new Refusal(404, 'not-found', `There is no layer '${id}': this network has ${ids.join(', ')}`);
}

async function labelsOf({ served, opened, frame }: FrameRequest, grouping: string): Promise<LabelMap> {
  // Only names that are there go to where files are read.
  const known = (await served.groupings(opened)).some(({ name }) => name === grouping);
  const labels = known ? await served.source.labels(opened.run, grouping, frame) : undefined;
  if (labels) return labels;
  throw new Refusal(404, 'not-found', `Frame ${frame} has no labels of '${grouping}'`);
}
