import type { Engine, EnginePlugin } from '@xinc/core';
import { encodeSafetensors } from '@xinc/core/formats';
import type { Registry } from '@xinc/core/node';
import type { Session } from '@xinc/viewer-page';
import { type ApiRequest, unknownAddress, versionOf } from './api-request.js';
import { createComputation } from './computation.js';
import { answerFrame, frameOf } from './frame-answers.js';
import { type Answer, jsonAnswer } from './http/answer.js';
import type { Outgoing } from './http/outgoing.js';
import { readJsonBody } from './http/read-body.js';
import { Refusal } from './http/refusal.js';
import { listPlugins, panelModule } from './plugins.js';
import { askedHalf, exportGraph, exportHalf } from './run/network-graph.js';
import { runFile } from './run/run-files.js';
import { viewRun } from './run/run-view.js';
import type { ServedRun } from './run/served-run.js';
import { parseStarChange } from './run/star-change.js';

/** What the answers are made from. */
export interface ApiContents {
  readonly version: string;
  readonly runs: readonly ServedRun[];
  readonly registry: Registry;
  /** Started when it is first needed. */
  readonly engine: () => Promise<Engine>;
  /** Bytes of computed answers that are kept. */
  readonly keptBytes: number;
  readonly outgoing: Outgoing;
  /** What the server asks for: whoever is admitted has it, and copies links with it. */
  readonly token?: string;
}

export interface Api {
  /** @throws Refusal, XincError */
  answer(request: ApiRequest): Promise<Answer>;
  dispose(): Promise<void>;
}

/** Everything under /api but the events. */
export function createApi({ version, runs, registry, engine, keptBytes, outgoing, token }: ApiContents): Api {
  const computation = createComputation(engine, keptBytes, outgoing);
  const order = registry.all('analysis').map(({ plugin }) => plugin.name);
  const writer: EnginePlugin | undefined = registry.all('engine').find(({ plugin }) => plugin.exportOnnx)?.plugin;

  async function answerSession(): Promise<Answer> {
    const listed = runs.map(async (served) => {
      const problem = await served.problem();
      return { id: served.id, name: served.source.name, ...(problem !== undefined && { problem }) };
    });
    const session: Session = {
      version,
      runs: await Promise.all(listed),
      plugins: listPlugins(registry),
      ...(token !== undefined && { token }),
    };
    return jsonAnswer(session);
  }

  /** @param rest the address after the run's */
  async function answerRun(served: ServedRun, rest: readonly string[], asked: ApiRequest): Promise<Answer> {
    const [part, ...names] = rest;
    if (part === undefined) return jsonAnswer(await viewRun(served, order, writer !== undefined));
    if (part === 'files') return runFile(served.folder, names);
    const opened = await served.open();
    if (part === 'stars' && names.length === 0) {
      if (asked.framed) throw new Refusal(403, 'forbidden', 'A panel in a frame changes nothing of the run');
      const change = parseStarChange(await readJsonBody(asked.request), opened.model.inr);
      await served.changeStar(change);
      return jsonAnswer(await served.stars(opened));
    }
    if (part === 'frames' && names.length > 0) {
      const frame = frameOf(names[0], opened);
      return answerFrame({ ...asked, served, opened, frame, computation }, names.slice(1));
    }
    if (part === 'weights.safetensors' && names.length === 0) {
      const { version: made, parameters } = await served.weights(versionOf(asked), opened);
      return computation.answer(`weights ${served.id} ${made}`, asked.abort, async () =>
        encodeSafetensors({ tensors: parameters, metadata: { format: 'xinc' } }),
      );
    }
    if (part === 'network.onnx' && names.length === 0) {
      if (!writer) throw new Refusal(422, 'unsupported', 'No engine at hand writes ONNX');
      const { inr } = opened.model;
      const half = askedHalf(asked.query, inr);
      return computation.answer(`graph ${served.id} ${opened.modelKey} ${JSON.stringify(half)}`, asked.abort, () =>
        half ? exportHalf(inr, writer.exportOnnxHalves, half) : exportGraph(inr, writer.exportOnnx!),
      );
    }
    throw unknownAddress();
  }

  return {
    async answer(asked) {
      checkMethod(asked);
      await outgoing.room();
      const [first, ...rest] = asked.segments;
      if (first === 'session' && rest.length === 0) return answerSession();
      if (first === 'panels' && rest.length > 0) return panelModule(registry, rest.join('/'));
      if (first !== 'runs' || rest.length === 0) throw unknownAddress();
      const [id, ...what] = rest;
      const served = runs.find((run) => run.id === id);
      if (!served) throw new Refusal(404, 'not-found', `There is no run '${id}'`);
      return answerRun(served, what, asked);
    },
    dispose: () => computation.dispose(runs),
  };
}

/** Maps are asked for by POST, and stars are changed by it; everything else is read. */
function checkMethod({ request, segments }: ApiRequest): void {
  const maps = segments.length === 7 && segments[4] === 'layers' && segments[6] === 'maps';
  const stars = segments.length === 3 && segments[0] === 'runs' && segments[2] === 'stars';
  const allowed = maps || stars ? ['POST'] : ['GET', 'HEAD'];
  if (allowed.includes(request.method!)) return;
  throw new Refusal(405, 'usage', `${request.method} does nothing here`, { Allow: allowed.join(', ') });
}
