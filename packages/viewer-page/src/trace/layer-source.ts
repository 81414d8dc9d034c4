import type { ConvSource, DenseSource, Stage } from '@xinc/kernels';
import { AccessError } from '../access/access-error.js';
import type { TensorFile } from '../access/tensors.js';
import type { LayerSourceMetadata } from '../api.js';
import type { LayerExtents } from './questions.js';

/**
 * A layer for the kernels from its file.
 * @throws AccessError `content`
 */
export function layerSource({ tensors, metadata }: TensorFile, address: string): DenseSource | ConvSource {
  const layer = Object.fromEntries(
    Object.entries(metadata).map(([name, text]) => [name, JSON.parse(text)]),
  ) as LayerSourceMetadata;
  const tensor = (name: string) => {
    const found = tensors[name];
    if (!found) throw new AccessError('content', `The layer at ${address} has no '${name}'`, { address });
    return found;
  };
  if (layer.kind === 'dense') {
    const input = tensor('input');
    const [pixels, neurons] = input.shape;
    return {
      kind: 'dense',
      input: input.data,
      pixels,
      neurons,
      width: layer.width,
      scale: tensor('scale').data,
      offset: layer.offset,
      activation: layer.activation,
    };
  }
  const [input, kernel] = [tensor('input'), tensor('kernel')];
  const [channels, height, width] = input.shape;
  return {
    kind: 'conv',
    input: input.data,
    inputShape: [channels, height, width],
    kernel: kernel.data,
    outChannels: kernel.shape[0],
    kernelSize: kernel.shape[2],
    bias: tensor('bias').data,
    shuffle: layer.shuffle,
    activation: layer.activation,
    path: layer.path,
  };
}

export function extentsOf(source: DenseSource | ConvSource): LayerExtents {
  if (source.kind === 'dense') {
    const width = source.width ?? source.pixels;
    return {
      kind: 'dense',
      neurons: source.neurons,
      height: source.pixels / width,
      width,
      nonnegative: source.activation === 'relu' || source.activation === 'sigmoid',
      bytes: source.input.byteLength,
    };
  }
  const [channels, height, width] = source.inputShape;
  const scale = source.path.reduce(
    (product, stage) => product * (stage.kind === 'upsample' ? stage.scale : 1),
    source.shuffle,
  );
  return {
    kind: 'conv',
    neurons: channels * source.outChannels,
    height: height * scale,
    width: width * scale,
    nonnegative: lastActivation(source.path, source.activation),
    bytes: source.input.byteLength + source.kernel.byteLength,
  };
}

/** Whether the last activation on the way lets nothing negative through; means and upsampling keep signs. */
function lastActivation(path: readonly Stage[], first: ConvSource['activation']): boolean {
  const activations = path.flatMap((stage) => (stage.kind === 'activation' ? [stage.activation] : []));
  const last = activations.at(-1) ?? first;
  return last === 'relu' || last === 'sigmoid';
}
