import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import {
  createLocalPool,
  type Engine,
  type EnginePlugin,
  encodeNpy,
  encodeSafetensors,
  type KernelPool,
  type Network,
  type Registry,
} from '@xinc/core';
import type { LabelView, Session } from '../api.js';
import { type Answer, jsonAnswer, tagOf } from './http/answer.js';
import { BINARY } from './http/content-type.js';
import { readJsonBody } from './http/read-body.js';
import { Refusal } from './http/refusal.js';
import { KeptAnswers } from './kept-answers.js';
import { listPlugins, panelModule } from './plugins.js';
import { layerSourceFile, parseRows } from './run/layer-source-file.js';
import { parseMapsRequest } from './run/maps-request.js';
import { exportGraph } from './run/network-graph.js';
import { runFile } from './run/run-files.js';
import { viewRun } from './run/run-view.js';
import type { OpenRun, ServedRun } from './run/served-run.js';
import type { WeightsVersion } from './run/weights-history.js';

/** What the answers are made from. */
export interface ApiContents {
  readonly version: string;
  readonly runs: readonly ServedRun[];
  readonly registry: Registry;
  /** Started when it is first needed. */
  readonly engine: () => Promise<Engine>;
  /** Bytes of computed answers that are kept. */
  readonly keptBytes: number;
}

export interface ApiRequest {
  readonly request: IncomingMessage;
  /** The address after /api. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Fires when nobody waits any more. */
  readonly abort: AbortSignal;
}

export interface Api {
  /** @throws Refusal, XincError */
  answer(request: ApiRequest): Promise<Answer>;
  dispose(): Promise<void>;
}

/** Everything under /api but the events. */
export function createApi({ version, runs, registry, engine, keptBytes }: ApiContents): Api {
  const kept = new KeptAnswers(keptBytes);
  // Tags of computed answers mean nothing to another server, whose engine may differ in the last bit.
  const nonce = randomBytes(9).toString('base64url');
  const order = registry.all('analysis').map(({ plugin }) => plugin.name);
  const writer: EnginePlugin | undefined = registry.all('engine').find(({ plugin }) => plugin.exportOnnx)?.plugin;
  let pool: Promise<KernelPool> | undefined;

  /** An answer that takes computing; `key` names all it depends on. */
  const computed = (key: string, abort: AbortSignal, make: () => Promise<Uint8Array>): Answer => ({
    type: BINARY,
    tag: tagOf(`${nonce} ${key}`),
    body: () => kept.get(key, make, abort),
  });

  const networkOf = (served: ServedRun, opened: OpenRun, weights: WeightsVersion): Promise<Network> =>
    served.network(opened, weights, engine);

  async function answerSession(): Promise<Answer> {
    const listed = runs.map(async (served) => {
      const problem = await served.problem();
      return { id: served.id, name: served.source.name, ...(problem !== undefined && { problem }) };
    });
    const session: Session = { version, runs: await Promise.all(listed), plugins: listPlugins(registry) };
    return jsonAnswer(session);
  }

  async function answerRun(served: ServedRun, rest: readonly string[], asked: ApiRequest): Promise<Answer> {
    const [part, ...names] = rest;
    if (part === undefined) return jsonAnswer(await viewRun(served, order, writer !== undefined));
    if (part === 'files') return runFile(served.source.folder, names);
    const { query, abort } = asked;
    const opened = await served.open();
    if (part === 'weights.safetensors' && names.length === 0) {
      const { version: made, parameters } = await served.weights(versionOf(query), opened);
      return computed(`weights ${served.id} ${made}`, abort, async () =>
        encodeSafetensors({ tensors: parameters, metadata: { format: 'xinc' } }),
      );
    }
    if (part === 'network.onnx' && names.length === 0) {
      if (!writer) throw new Refusal(422, 'unsupported', 'No engine at hand writes ONNX');
      return computed(`graph ${served.id} ${opened.modelKey}`, abort, () =>
        exportGraph(opened.model.inr, writer.exportOnnx!),
      );
    }
    const [frame, ...what] = names;
    if (part === 'frames' && frame !== undefined) {
      return answerFrame(served, opened, frameOf(frame, opened), what, asked);
    }
    throw unknownAddress();
  }

  async function answerFrame(
    served: ServedRun,
    opened: OpenRun,
    frame: number,
    what: readonly string[],
    asked: ApiRequest,
  ): Promise<Answer> {
    const { run, modelKey, model } = opened;
    const { query, abort } = asked;
    const { inr } = model;
    const { height, width } = inr.signal;
    const name = what[1];
    switch (what.map((part, i) => (i === 1 ? '…' : part)).join('/')) {
      case 'signal.npy':
        return computed(`signal ${served.id} ${modelKey} ${frame}`, abort, async () =>
          encodeNpy({ shape: [height, width, 3], data: (await served.source.frame(run, frame)).rgb }),
        );
      case 'reconstruction.npy': {
        const weights = await served.weights(versionOf(query), opened);
        return computed(`reconstruction ${served.id} ${weights.version} ${frame}`, abort, async () => {
          const network = await networkOf(served, opened, weights);
          return encodeNpy({ shape: [height, width, 3], data: (await network.reconstruct(frame)).rgb });
        });
      }
      case 'inputs':
        return computed(`inputs ${served.id} ${modelKey} ${frame}`, abort, async () => {
          const pixels = Uint32Array.from({ length: height * width }, (_, p) => p);
          const tensors = inr.sampling === 'frames' ? inr.inputs([frame]) : inr.inputs([frame], pixels);
          return encodeSafetensors({ tensors, metadata: {} });
        });
      case 'labels/…': {
        const { groups } = await labelsOf(served, opened, name, frame);
        const path = ['api', 'runs', served.id, 'frames', frame, 'labels', name, 'labels.npy'];
        const view: LabelView = {
          labels: path.map(encodeURIComponent).join('/'),
          groups: groups.map(({ name: group, category, color }) => ({
            name: group,
            ...(category !== undefined && { category }),
            ...(color !== undefined && { color }),
          })),
        };
        return jsonAnswer(view);
      }
      case 'labels/…/labels.npy': {
        const { labels } = await labelsOf(served, opened, name, frame);
        const body = encodeNpy({ shape: [height, width], data: labels });
        return { type: BINARY, tag: tagOf(body), body };
      }
      case 'layers/…/source': {
        const hook = hookOf(opened, name);
        const rows = parseRows(query.get('rows'), inr, hook);
        const weights = await served.weights(versionOf(query), opened);
        const key = `source ${served.id} ${weights.version} ${frame} ${rows.first}:${rows.end} ${name}`;
        return computed(key, abort, async () =>
          layerSourceFile(await networkOf(served, opened, weights), hook, frame, rows),
        );
      }
      case 'layers/…/maps': {
        hookOf(opened, name);
        const { neurons, region } = parseMapsRequest(await readJsonBody(asked.request), height, width);
        const weights = await served.weights(versionOf(query), opened);
        const maps = await kept.inTurn(async () => {
          pool ??= createLocalPool();
          const tracer = served.tracer(await networkOf(served, opened, weights), await pool);
          return tracer.maps(name, frame, neurons, { region });
        }, abort);
        const body = encodeNpy({ shape: [neurons.length, region.height, region.width], data: maps });
        return { type: BINARY, tag: tagOf(body), cache: 'no-store', body };
      }
      default:
        throw unknownAddress();
    }
  }

  return {
    async answer(asked) {
      const [first, ...rest] = asked.segments;
      checkMethod(asked);
      if (first === 'session' && rest.length === 0) return answerSession();
      if (first === 'panels' && rest.length > 0) return panelModule(registry, rest.join('/'));
      if (first !== 'runs' || rest.length === 0) throw unknownAddress();
      const served = runs.find(({ id }) => id === rest[0]);
      if (!served) throw new Refusal(404, 'not-found', `There is no run '${rest[0]}'`);
      return answerRun(served, rest.slice(1), asked);
    },
    async dispose() {
      // In turn, so that nothing is taken away from what computes just now.
      await kept.inTurn(async () => {
        for (const served of runs) await served.dispose();
        await (await pool)?.dispose();
      }, new AbortController().signal);
    },
  };
}

const unknownAddress = () => new Refusal(404, 'not-found', 'There is nothing at this address');

/** Maps are asked for by POST, everything else is read. */
function checkMethod({ request, segments }: ApiRequest): void {
  const maps = segments.length === 7 && segments[4] === 'layers' && segments[6] === 'maps';
  const allowed = maps ? ['POST'] : ['GET', 'HEAD'];
  if (allowed.includes(request.method!)) return;
  throw new Refusal(405, 'usage', `${request.method} does nothing here`, { Allow: allowed.join(', ') });
}

function versionOf(query: URLSearchParams): number | undefined {
  const text = query.get('v');
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Refusal(400, 'invalid-option', `v=${text}: that is no version of weights`);
}

function frameOf(text: string, { model }: OpenRun): number {
  const { frames } = model.inr.signal;
  if (/^\d{1,9}$/.test(text) && Number(text) < frames) return Number(text);
  throw new Refusal(404, 'not-found', `There is no frame ${text}: they are numbered 0 to ${frames - 1}`);
}

function hookOf({ model }: OpenRun, id: string) {
  const hook = model.inr.layers.find((layer) => layer.id === id);
  if (hook) return hook;
  const ids = model.inr.layers.map((layer) => layer.id);
  throw new Refusal(404, 'not-found', `There is no layer '${id}': this network has ${ids.join(', ')}`);
}

async function labelsOf(served: ServedRun, { run }: OpenRun, grouping: string, frame: number) {
  const found = (await served.groupings({ run })).find(({ name }) => name === grouping);
  const labels = found && (await served.source.labels(run, grouping, frame));
  if (labels) return labels;
  throw new Refusal(404, 'not-found', `Frame ${frame} has no labels of '${grouping}'`);
}
