import { decodeNpy, type NpyArray } from '@xinc/core/formats';
import type { StoredNetwork } from '@xinc/core/trace';
import type { Region } from '@xinc/kernels';
import type { LabelView, RunView, Session } from '../../api.js';
import type { Access, GraphHalves, Labels, Picture } from '../access.js';
import { AccessError } from '../access-error.js';
import type { RuntimeBinary } from '../runtime-binary.js';
import { SharedRequests } from '../shared-requests.js';
import { readTensors, type TensorFile } from '../tensors.js';
import type { SiteFiles } from './site-files.js';
import type { NetworkQuestion } from './site-messages.js';
import { SiteNetwork } from './site-network.js';
import { SITE_FILES, type StoredHalves } from './site-paths.js';

/** Bytes of what is kept. */
const CAPACITY = 256 * 2 ** 20;

/**
 * Runs that were published: files on any web host, or in the page itself. What the server computes is computed in a thread of the page;
 * nothing changes, so that there are no events.
 */
export class SiteAccess implements Access {
  readonly #files: SiteFiles;
  readonly #shared = new SharedRequests(CAPACITY);
  readonly #network: SiteNetwork;

  constructor(files: SiteFiles) {
    this.#files = files;
    this.#network = new SiteNetwork({
      files: async (run) => {
        const network = await this.#json<StoredNetwork>(SITE_FILES.network(run));
        const hasConstants = network.program.nodes.some((node) => 'constant' in node);
        return {
          network,
          constants: hasConstants ? await this.#files.read(SITE_FILES.constants(run)) : null,
          weights: (await this.#bytes(SITE_FILES.weights(run))).slice(),
        };
      },
      inputs: async (run, frame) => (await this.#bytes(SITE_FILES.inputs(run, frame))).slice(),
    });
  }

  session(signal?: AbortSignal): Promise<Session> {
    return this.#json(SITE_FILES.session, signal);
  }

  run(id: string, signal?: AbortSignal): Promise<RunView> {
    return this.#json(SITE_FILES.run(id), signal);
  }

  signal(run: RunView, frame: number, signal?: AbortSignal): Promise<Picture> {
    const isArray = run.signal.arrayFrames?.includes(frame) ?? false;
    const path = isArray ? SITE_FILES.signalArray(run.id, frame) : SITE_FILES.signal(run.id, frame);
    return this.#shared.get(
      path,
      (abort) => (isArray ? this.#arrayPicture(run, path, abort) : this.#png(run, path, abort)),
      ({ rgb }) => rgb.byteLength,
      signal,
    );
  }

  async #arrayPicture({ signal: { height, width } }: RunView, path: string, abort: AbortSignal): Promise<Picture> {
    const { shape, data } = await this.#array(path, abort);
    if (!(data instanceof Float32Array) || shape.join() !== [height, width, 3].join()) {
      throw new AccessError('content', `${path} is no picture of ${height}×${width}`, { address: path });
    }
    return { height, width, rgb: data };
  }

  async #png({ signal: { height, width } }: RunView, path: string, abort: AbortSignal): Promise<Picture> {
    // Apart, since the server's page does not need it.
    const [{ decodePicture }, png] = await Promise.all([import('./decode-picture.js'), this.#files.read(path, abort)]);
    return { height, width, rgb: decodePicture(png, { height, width }, path) };
  }

  reconstruction(run: RunView, frame: number, signal?: AbortSignal): Promise<Picture> {
    const { height, width } = run.signal;
    return this.#shared.get(
      `reconstruction ${frame} ${run.id}`,
      async (abort) => ({ height, width, rgb: await this.#values(run, frame, { kind: 'reconstruction' }, abort) }),
      ({ rgb }) => rgb.byteLength,
      signal,
    );
  }

  labels(run: RunView, frame: number, grouping: string, signal?: AbortSignal): Promise<Labels> {
    const path = SITE_FILES.labels(run.id, frame, grouping);
    return this.#shared.get(
      path,
      async (abort) => {
        const [{ groups }, { shape, data }] = await Promise.all([
          this.#json<LabelView>(SITE_FILES.labelGroups(run.id, frame, grouping), abort),
          this.#array(path, abort),
        ]);
        if (!(data instanceof Uint16Array) || shape.length !== 2 || groups.length === 0) {
          throw new AccessError('content', `The labels of '${grouping}' are not what they should be`, {
            address: path,
          });
        }
        return { height: shape[0], width: shape[1], labels: data, groups };
      },
      ({ labels }) => labels.byteLength,
      signal,
    );
  }

  layerSource(run: RunView, frame: number, layer: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#network.ask(run.id, frame, { kind: 'source', layer }, signal);
  }

  maps(
    run: RunView,
    frame: number,
    layer: string,
    neurons: readonly number[],
    region?: Region,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    return this.#values(run, frame, { kind: 'maps', layer, neurons, ...(region && { region }) }, signal);
  }

  network(run: RunView, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes(SITE_FILES.onnx(run.id), signal);
  }

  /** The latest of the stored cuts before which none of these weights is read. */
  async networkHalves(run: RunView, changing: readonly string[]): Promise<GraphHalves | null> {
    const { cuts } = await this.#json<StoredHalves>(SITE_FILES.halves(run.id));
    const fitting = cuts
      .map(({ kept }, cut) => ({ kept, cut }))
      .filter(({ kept }) => !changing.some((weight) => kept.includes(weight)))
      .sort((a, b) => b.kept.length - a.kept.length);
    if (fitting.length === 0) return null;
    const { cut } = fitting[0];
    const [before, after] = await Promise.all(
      (['before', 'after'] as const).map((half) => this.#bytes(SITE_FILES.half(run.id, cut, half))),
    );
    return { before, after };
  }

  inputs(run: RunView, frame: number, signal?: AbortSignal): Promise<TensorFile> {
    return this.#tensors(SITE_FILES.inputs(run.id, frame), signal);
  }

  weights(run: RunView, signal?: AbortSignal): Promise<TensorFile> {
    return this.#tensors(SITE_FILES.weights(run.id), signal);
  }

  file(run: RunView, path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#files.read(SITE_FILES.file(run.id, path), signal);
  }

  json<T>(run: RunView, path: string, signal?: AbortSignal): Promise<T> {
    return this.#json<T>(SITE_FILES.file(run.id, path), signal);
  }

  array(run: RunView, path: string, signal?: AbortSignal): Promise<NpyArray> {
    return this.#array(SITE_FILES.file(run.id, path), signal);
  }

  async changeStar(): Promise<never> {
    throw new AccessError('refused', 'A published page cannot be written', { address: SITE_FILES.session });
  }

  fileAddress(run: RunView, path: string): string {
    return this.#files.address(SITE_FILES.file(run.id, path));
  }

  runtimeBinary(): RuntimeBinary {
    return this.#files.runtime();
  }

  events(): () => void {
    return () => {};
  }

  async absence(): Promise<'silent'> {
    return 'silent';
  }

  async #values(run: RunView, frame: number, question: NetworkQuestion, signal?: AbortSignal): Promise<Float32Array> {
    return new Float32Array((await this.#network.ask(run.id, frame, question, signal)).buffer);
  }

  /** A file that several ask for. */
  #bytes(path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return this.#shared.get(
      path,
      (abort) => this.#files.read(path, abort),
      (bytes) => bytes.byteLength,
      signal,
    );
  }

  /** The same object each time, as long as it is kept. */
  #tensors(path: string, signal?: AbortSignal): Promise<TensorFile> {
    return this.#shared.get(
      `tensors ${path}`,
      async (abort) => readTensors((await this.#bytes(path, abort)).slice(), path),
      ({ tensors }) => Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0),
      signal,
    );
  }

  async #array(path: string, signal?: AbortSignal): Promise<NpyArray> {
    const bytes = await this.#files.read(path, signal);
    try {
      return decodeNpy(bytes, path);
    } catch (cause) {
      throw new AccessError('content', (cause as Error).message, { address: path, cause });
    }
  }

  async #json<T>(path: string, signal?: AbortSignal): Promise<T> {
    const bytes = await this.#files.read(path, signal);
    try {
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    } catch (cause) {
      throw new AccessError('content', `${path} is not JSON`, { address: path, cause });
    }
  }
}
