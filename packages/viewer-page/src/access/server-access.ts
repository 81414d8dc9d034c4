import { decodeNpy, type NpyArray } from '@xinc/core/formats';
import type { Region } from '@xinc/kernels';
import type { LabelView, RunEvent, RunView, Session, StarChange, StarsView } from '../api.js';
import type { Access, GraphHalves, Labels, Picture } from './access.js';
import { AccessError } from './access-error.js';
import { followEvents } from './follow-events.js';
import { bytesOf, jsonOf, request } from './request.js';
import type { RuntimeBinary } from './runtime-binary.js';
import { SharedRequests } from './shared-requests.js';
import { readTensors, type TensorFile } from './tensors.js';

/** Bytes of answers that are kept. */
const CAPACITY = 256 * 2 ** 20;

/** Bytes of a JSON file that is looked at. */
const MOST_JSON = 32 * 2 ** 20;

/**
 * Everything that the page asks of its server. What is made from weights carries their version in its address, so an answer
 * stays true and is kept; sessions and runs are asked for anew each time.
 */
export class ServerAccess implements Access {
  readonly #base: string;
  readonly #shared = new SharedRequests(CAPACITY);

  /** @param base address of the page */
  constructor(base: string) {
    this.#base = base;
  }

  async session(signal?: AbortSignal): Promise<Session> {
    return jsonOf(await request(this.#address('session'), { ...(signal && { signal }) }), signal);
  }

  async absence(): Promise<'silent' | 'restarted'> {
    try {
      await this.session();
    } catch (error) {
      if (error instanceof AccessError && error.kind === 'refused' && error.code === 'forbidden') return 'restarted';
    }
    return 'silent';
  }

  async run(id: string, signal?: AbortSignal): Promise<RunView> {
    return jsonOf(await request(this.#address('runs', id), { ...(signal && { signal }) }), signal);
  }

  signal(run: RunView, frame: number, signal?: AbortSignal): Promise<Picture> {
    return this.#picture(this.#address('runs', run.id, 'frames', frame, 'signal.npy'), signal);
  }

  reconstruction(run: RunView, frame: number, signal?: AbortSignal): Promise<Picture> {
    return this.#picture(this.#versioned(run, 'frames', frame, 'reconstruction.npy'), signal);
  }

  async labels(run: RunView, frame: number, grouping: string, signal?: AbortSignal): Promise<Labels> {
    const address = this.#address('runs', run.id, 'frames', frame, 'labels', grouping);
    return this.#shared.get(
      address,
      async (abort) => {
        const view = await jsonOf<LabelView>(await request(address, { signal: abort }), abort);
        const array = await this.#fetchArray(new URL(view.labels, this.#base).href, abort);
        const [height, width] = array.shape;
        if (!(array.data instanceof Uint16Array) || array.shape.length !== 2 || view.groups.length === 0) {
          throw new AccessError('content', `The labels of '${grouping}' are not what they should be`, { address });
        }
        return { height, width, labels: array.data, groups: view.groups };
      },
      ({ labels }) => labels.byteLength,
      signal,
    );
  }

  async layerSource(
    run: RunView,
    frame: number,
    layer: string,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const address = this.#versioned(run, 'frames', frame, 'layers', layer, 'source');
    return bytesOf(await request(address, { ...(signal && { signal }) }), signal);
  }

  async maps(
    run: RunView,
    frame: number,
    layer: string,
    neurons: readonly number[],
    region?: Region,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const address = this.#versioned(run, 'frames', frame, 'layers', layer, 'maps');
    const response = await request(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ neurons, ...(region && { region }) }),
      ...(signal && { signal }),
    });
    const { data } = this.#decode(await bytesOf(response, signal), address);
    if (!(data instanceof Float32Array))
      throw new AccessError('content', `${address} holds no float32 maps`, { address });
    return data;
  }

  async changeStar(run: RunView, change: StarChange): Promise<StarsView> {
    const response = await request(this.#address('runs', run.id, 'stars'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    return jsonOf(response);
  }

  async network(run: RunView, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const address = this.#versioned(run, 'network.onnx');
    return this.#shared.get(
      address,
      async (abort) => bytesOf(await request(address, { signal: abort }), abort),
      (bytes) => bytes.byteLength,
      signal,
    );
  }

  async networkHalves(run: RunView, changing: readonly string[]): Promise<GraphHalves | null> {
    const halfOf = async (half: string) => {
      const at = new URL(this.#versioned(run, 'network.onnx'));
      at.searchParams.set('half', half);
      for (const name of changing) at.searchParams.append('changing', name);
      return bytesOf(await request(at.href));
    };
    const [before, after] = await Promise.all([halfOf('before'), halfOf('after')]);
    return before.length > 0 && after.length > 0 ? { before, after } : null;
  }

  inputs(run: RunView, frame: number, signal?: AbortSignal): Promise<TensorFile> {
    return this.#tensors(this.#versioned(run, 'frames', frame, 'inputs'), signal);
  }

  async file(run: RunView, path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return bytesOf(await request(this.#file(run, path), { ...(signal && { signal }) }), signal);
  }

  weights(run: RunView, signal?: AbortSignal): Promise<TensorFile> {
    return this.#tensors(`${this.#file(run, 'weights.safetensors')}?v=${run.weightsVersion}`, signal);
  }

  async json<T>(run: RunView, path: string, signal?: AbortSignal): Promise<T> {
    const response = await request(this.#file(run, path), { ...(signal && { signal }) });
    const address = response.url;
    // Absent where it is sent compressed, as the server does with files of 16 MB and less.
    if (Number(response.headers.get('content-length') ?? 0) > MOST_JSON) {
      await response.body?.cancel();
      throw new AccessError('content', `${address} is larger than ${MOST_JSON / 2 ** 20} MiB`, { address });
    }
    return jsonOf<T>(response, signal);
  }

  async array(run: RunView, path: string, signal?: AbortSignal): Promise<NpyArray> {
    return this.#fetchArray(this.#file(run, path), signal);
  }

  fileAddress(run: RunView, path: string): string {
    return this.#file(run, path);
  }

  runtimeBinary(): RuntimeBinary {
    return { kind: 'file', packed: false };
  }

  events(onEvent: (event: RunEvent) => void, onConnected: () => void, onLost: () => void): () => void {
    return followEvents(this.#address('events'), (news) => {
      if (news.kind === 'event') onEvent(news.event);
      else if (news.kind === 'connected') onConnected();
      else onLost();
    });
  }

  #address(...parts: readonly (string | number)[]): string {
    return new URL(`api/${parts.map((part) => encodeURIComponent(part)).join('/')}`, this.#base).href;
  }

  #versioned(run: RunView, ...parts: readonly (string | number)[]): string {
    return `${this.#address('runs', run.id, ...parts)}?v=${run.weightsVersion}`;
  }

  #file(run: RunView, path: string): string {
    return this.#address('runs', run.id, 'files', ...path.split('/'));
  }

  #picture(address: string, signal?: AbortSignal): Promise<Picture> {
    return this.#shared.get(
      address,
      async (abort) => {
        const { shape, data } = await this.#fetchArray(address, abort);
        if (!(data instanceof Float32Array) || shape.length !== 3 || shape[2] !== 3) {
          throw new AccessError('content', `${address} is no picture`, { address });
        }
        return { height: shape[0], width: shape[1], rgb: data };
      },
      ({ rgb }) => rgb.byteLength,
      signal,
    );
  }

  #tensors(address: string, signal?: AbortSignal): Promise<TensorFile> {
    return this.#shared.get(
      address,
      async (abort) => readTensors(await bytesOf(await request(address, { signal: abort }), abort), address),
      ({ tensors }) => Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0),
      signal,
    );
  }

  async #fetchArray(address: string, signal?: AbortSignal): Promise<NpyArray> {
    const response = await request(address, { ...(signal && { signal }) });
    return this.#decode(await bytesOf(response, signal), address);
  }

  #decode(bytes: Uint8Array, address: string): NpyArray {
    try {
      return decodeNpy(bytes, address);
    } catch (cause) {
      throw new AccessError('content', (cause as Error).message, { address, cause });
    }
  }
}
