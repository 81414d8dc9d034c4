import type { ResizeMethod, Sides } from '@xinc/core/graph';
import { type NodeReader, type Rule, tensor } from '../values.js';

const pairOf = (values: readonly number[] | undefined): readonly [number, number] => [
  values?.[0] ?? 1,
  values?.[1] ?? 1,
];

function paddingOf<T>(node: NodeReader<T>, window: readonly number[]): Sides {
  const auto = node.text('auto_pad', 'NOTSET');
  if (auto === 'NOTSET' || auto === '') {
    const [top = 0, left = 0, bottom = 0, right = 0] = node.integers('pads') ?? [];
    return [top, left, bottom, right];
  }
  if (auto === 'VALID') return [0, 0, 0, 0];
  const strides = pairOf(node.integers('strides'));
  const dilations = pairOf(node.integers('dilations'));
  const extents = node.shape(0).slice(2);
  const [rows, columns] = window.map((taps, axis) => {
    const places = Math.ceil(extents[axis] / strides[axis]);
    return Math.max(0, (places - 1) * strides[axis] + (taps - 1) * dilations[axis] + 1 - extents[axis]);
  });
  const split = (all: number) => {
    const less = Math.floor(all / 2);
    return auto === 'SAME_LOWER' ? [all - less, less] : [less, all - less];
  };
  const [[top, bottom], [left, right]] = [split(rows), split(columns)];
  return [top, left, bottom, right];
}

function requireImage<T>(node: NodeReader<T>): void {
  const shape = node.shape(0);
  if (shape.length !== 4) throw node.refuse(`it reads an array of ${shape.join('×')}, not images [N, C, H, W]`);
}

/** A bias per output channel, added. */
function withBias<T>(node: NodeReader<T>, z: T): T {
  if (!node.has(2)) return z;
  const [, channels] = node.ops.shapeOf(z);
  return node.ops.add(z, node.ops.reshape(node.tensor(2), [1, channels, 1, 1]));
}

const resize: Rule = (node) => {
  requireImage(node);
  const [, , h, w] = node.shape(0);
  const upsample = node.node.op === 'Upsample';
  const scalesAt = upsample ? 1 : 2;
  const scales =
    node.has(scalesAt) && node.numbers(scalesAt).length > 0 ? node.numbers(scalesAt) : node.integers('scales');
  const sizes = !upsample && node.has(3) ? node.numbers(3) : undefined;
  const axes = node.integers('axes');
  const last = (values: readonly number[] | undefined) => (axes?.length === 2 ? values : values?.slice(2));
  const [byRow, byColumn] = last(scales) ?? [];
  const [height, width] = last(sizes) ?? [Math.floor(h * byRow), Math.floor(w * byColumn)];
  if (!(height >= 1 && width >= 1)) throw node.refuse('it says neither a size nor scales');
  const mode = node.text('mode', 'nearest');
  const kind = ({ nearest: 'nearest', linear: 'linear', bilinear: 'linear', cubic: 'cubic' } as const)[mode];
  if (!kind) throw node.refuse(`'${mode}' is no interpolation that is known`);
  const said = node.text('coordinate_transformation_mode', upsample ? 'asymmetric' : 'half_pixel');
  const coordinates = (
    {
      half_pixel: 'half-pixel',
      pytorch_half_pixel: 'pytorch-half-pixel',
      asymmetric: 'asymmetric',
      align_corners: 'align-corners',
    } as const
  )[said];
  if (!coordinates) throw node.refuse(`'${said}' are no coordinates that are known`);
  if (node.number('antialias', 0) !== 0 && (height < h || width < w)) throw node.refuse('it smooths as it shrinks');
  const rounding = node.text('nearest_mode', upsample ? 'floor' : 'round_prefer_floor').replaceAll('_', '-');
  const integer = (to: number, from: number) => to % from === 0 && to / from;
  const scale = integer(height, h);
  const x = node.tensor(0);
  const nearest = kind === 'nearest' && coordinates === 'asymmetric' && rounding === 'floor';
  if (nearest && scale && scale === integer(width, w)) return [tensor(node.ops.upsampleNearest(x, scale))];
  // The scale that the file gives counts, where the size was rounded down.
  const exact = !scales || (h * byRow === height && w * byColumn === width);
  const method: ResizeMethod = {
    kind,
    coordinates,
    ...(kind === 'nearest' && { rounding: rounding as ResizeMethod['rounding'] }),
    ...(kind === 'cubic' && { cubicCoefficient: node.number('cubic_coeff_a', -0.75) }),
    ...(!exact && { scales: [byRow, byColumn] as const }),
  };
  return [tensor(node.ops.resize(x, height, width, method))];
};

export const pictures: Readonly<Record<string, Rule>> = {
  Conv: (node) => {
    requireImage(node);
    const [, , k, l] = node.shape(1);
    const z = node.ops.conv2d(node.tensor(0), node.tensor(1), {
      padding: paddingOf(node, [k, l]),
      stride: pairOf(node.integers('strides')),
      dilation: pairOf(node.integers('dilations')),
      groups: node.number('group', 1),
    });
    return [tensor(withBias(node, z))];
  },
  ConvTranspose: (node) => {
    requireImage(node);
    if (node.integers('output_shape')) throw node.refuse('it gives an output_shape instead of its padding');
    const auto = node.text('auto_pad', 'NOTSET');
    if (auto !== 'NOTSET' && auto !== '' && auto !== 'VALID') throw node.refuse(`its padding is '${auto}'`);
    const [top = 0, left = 0, bottom = 0, right = 0] = node.integers('pads') ?? [];
    const [more = 0, wider = 0] = node.integers('output_padding') ?? [];
    const z = node.ops.convTranspose2d(node.tensor(0), node.tensor(1), {
      padding: [top, left, bottom, right],
      stride: pairOf(node.integers('strides')),
      dilation: pairOf(node.integers('dilations')),
      groups: node.number('group', 1),
      outputPadding: [more, wider],
    });
    return [tensor(withBias(node, z))];
  },
  AveragePool: (node) => {
    requireImage(node);
    const size = pairOf(node.integers('kernel_shape'));
    const padding = paddingOf(node, size);
    if (padding.some((side) => side > 0) && node.number('count_include_pad', 0) === 0) {
      throw node.refuse('its means leave the padding out');
    }
    if (node.number('ceil_mode', 0) !== 0) throw node.refuse('its size is rounded up');
    return [tensor(node.ops.averagePool(node.tensor(0), size, { stride: pairOf(node.integers('strides')), padding }))];
  },
  GlobalAveragePool: (node) => [tensor(node.ops.mean(node.tensor(0), { axes: [2, 3], keepDims: true }))],
  DepthToSpace: (node) => {
    requireImage(node);
    const block = node.number('blocksize', 1);
    if (node.text('mode', 'DCR') === 'CRD') return [tensor(node.ops.depthToSpace(node.tensor(0), block))];
    // Depth, column, row: the block's place is the slow part of the channel.
    const [n, c, h, w] = node.shape(0);
    const cells = node.ops.reshape(node.tensor(0), [n, block ** 2, c / block ** 2, h * w]);
    const turned = node.ops.reshape(node.ops.transpose(cells, [0, 2, 1, 3]), [n, c, h, w]);
    return [tensor(node.ops.depthToSpace(turned, block))];
  },
  SpaceToDepth: (node) => {
    requireImage(node);
    const block = node.number('blocksize', 1);
    const [n, c, h, w] = node.shape(0);
    const cells = node.ops.reshape(node.ops.spaceToDepth(node.tensor(0), block), [
      n,
      c,
      block ** 2,
      (h * w) / block ** 2,
    ]);
    const turned = node.ops.transpose(cells, [0, 2, 1, 3]);
    return [tensor(node.ops.reshape(turned, [n, c * block ** 2, h / block, w / block]))];
  },
  Resize: resize,
  Upsample: resize,
};
