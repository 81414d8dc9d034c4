import { type Arrays, ndarray, type SignalShape } from '@xinc/core';
import onnxProto from 'onnx-proto';

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx;
const { AttributeType } = AttributeProto;
const { DataType } = TensorProto;
type IGraph = onnxProto.onnx.IGraphProto;
type INode = onnxProto.onnx.INodeProto;
type ITensor = onnxProto.onnx.ITensorProto;
type IAttribute = onnxProto.onnx.IAttributeProto;
type IValue = onnxProto.onnx.IValueInfoProto;

/** A file that cannot be a run, and what is said of it. */
export interface BadFile {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** What the user gives with it. */
  readonly arrays?: Arrays;
  readonly signal?: SignalShape;
  readonly says: string;
}

const PIXELS = 24;
const image: SignalShape = { kind: 'image', frames: 1, height: 4, width: 6 };
const video: SignalShape = { kind: 'video', frames: 2, height: 4, width: 6 };

const text = (letters: string) => new TextEncoder().encode(letters);
const floats = (name: string, dims: readonly number[], values?: readonly number[]): ITensor => {
  const count = dims.reduce((all, extent) => all * extent, 1);
  const data = Float32Array.from({ length: count }, (_, i) => values?.[i] ?? 0.5);
  return { name, dims: [...dims], dataType: DataType.FLOAT, rawData: new Uint8Array(data.buffer) };
};
const wholes = (name: string, values: readonly (number | bigint)[], dims = [values.length]): ITensor => ({
  name,
  dims,
  dataType: DataType.INT64,
  rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});
const value = (name: string, dims: readonly (number | string)[], elemType: number = DataType.FLOAT): IValue => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});
const node = (opType: string, input: string[], output: string[], rest: Partial<INode> = {}): INode => ({
  name: `/${opType}`,
  opType,
  input,
  output,
  ...rest,
});
const int = (name: string, i: number): IAttribute => ({ name, type: AttributeType.INT, i });
const ints = (name: string, values: number[]): IAttribute => ({ name, type: AttributeType.INTS, ints: values });

/** `y = x·w` for pixels x [24, 2], where nothing else is said. */
function model(graph: Partial<IGraph> = {}, rest: Partial<onnxProto.onnx.IModelProto> = {}): Uint8Array {
  return ModelProto.encode({
    irVersion: 8,
    producerName: 'test',
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'graph',
      node: [node('MatMul', ['x', 'w'], ['y'])],
      input: [value('x', [PIXELS, 2])],
      output: [value('y', [PIXELS, 3])],
      initializer: [floats('w', [2, 3])],
      ...graph,
    },
    ...rest,
  }).finish();
}

/** After `h = x·w`, other nodes make y. */
const behind = (nodes: INode[], initializer: ITensor[] = [], rest: Partial<IGraph> = {}): Uint8Array =>
  model({
    node: [node('MatMul', ['x', 'w'], ['h']), ...nodes],
    initializer: [floats('w', [2, 3]), ...initializer],
    ...rest,
  });

/** A network of frames, y = conv(x). */
const frames = (
  nodes: INode[],
  initializer: ITensor[],
  shape: readonly (number | string)[] = [1, 2, 4, 6],
): Uint8Array => model({ node: nodes, initializer, input: [value('x', shape)], output: [value('y', [1, 3, 4, 6])] });

const good = model();
const fed = (shape: readonly number[], fill = 0.5): Arrays => {
  const array = ndarray(shape);
  array.data.fill(fill);
  return { x: array };
};

/** The bytes of a weight that takes so many megabytes, under the number of another field of TensorProto. */
function underField(field: number, megabytes: number): Uint8Array {
  const bytes = model({
    initializer: [{ name: 'w', dims: [1], dataType: DataType.INT64, rawData: new Uint8Array(megabytes * 2 ** 20) }],
  });
  const tag = (number: number) => (number << 3) | 2;
  // The field's tag and length stand before its zeros.
  const zeros = bytes.findIndex(
    (_, i) => bytes[i] === tag(9) && bytes[i + 1] >= 128 && bytes[i + 6] === 0 && bytes[i + 99] === 0,
  );
  bytes[zeros] = tag(field);
  return bytes;
}

/** Bytes of a message, as the field of that number of another one. */
function field(number: number, content: Uint8Array, kind = 2): Uint8Array {
  const size = content.length;
  const length = [0, 7, 14, 21].map((bits) => ((size >> bits) & 127) | (bits < 21 ? 128 : 0));
  const bytes = new Uint8Array(5 + size);
  bytes.set([(number << 3) | kind, ...length]);
  bytes.set(content, 5);
  return bytes;
}

/** Empty messages, more than a million, as the field of that number: two bytes each. */
function emptyMessages(number: number): Uint8Array {
  const bytes = new Uint8Array(2 * (2 ** 20 + 1));
  for (let i = 0; i < bytes.length; i += 2) bytes[i] = (number << 3) | 2;
  return bytes;
}

const MANY =
  'network.onnx has more nodes, tensors and names than are read. Write it with torch.onnx.export(model, args, file), or copy it again.';

export const BAD_FILES: readonly BadFile[] = [
  { what: 'a million empty nodes', bytes: field(7, emptyMessages(1)), says: MANY },
  { what: 'a million nodes of a branch', bytes: field(7, field(1, field(5, field(6, emptyMessages(1))))), says: MANY },
  { what: 'a million opsets', bytes: emptyMessages(8), says: MANY },
  {
    what: 'a million attributes in a graph that says it is a number',
    // By its kind, the graph is its length, and the node behind it a field of the model; by its number, it is a graph.
    bytes: field(7, field(1, emptyMessages(5)), 0),
    says: MANY,
  },
  {
    what: 'millions of whole numbers, one by one',
    bytes: underField(7, 17),
    says: 'network.onnx lists more than 16 MB of whole numbers one by one. Write it with torch.onnx.export(model, args, file), or copy it again.',
  },
  {
    what: 'megabytes of what is no tensor',
    bytes: underField(13, 65),
    says: 'network.onnx has more than 64 MB besides its weights. Write it with torch.onnx.export(model, args, file), or copy it again.',
  },
  {
    what: 'whole numbers as the input, which are not given',
    bytes: model({
      input: [value('x', [PIXELS, 2], DataType.INT64)],
      node: [node('Cast', ['x'], ['f'], { attribute: [int('to', 1)] }), node('MatMul', ['f', 'w'], ['y'])],
    }),
    says: "The network reads 'x' (24×2), which is not given. Give the arrays it is fed, by name, as an .npz file: `inputs: inputs.npz`.",
  },
  {
    what: 'fractions where whole numbers are read',
    bytes: model({
      input: [value('x', [PIXELS, 2], DataType.INT64)],
      node: [node('Cast', ['x'], ['f'], { attribute: [int('to', 1)] }), node('MatMul', ['f', 'w'], ['y'])],
    }),
    arrays: fed([PIXELS, 2]),
    says: "The array 'x' has fractions, and the network reads whole numbers. Give what the network is fed, before it is scaled.",
  },
  {
    what: 'an empty file',
    bytes: new Uint8Array(),
    says: 'network.onnx is empty. Write it with torch.onnx.export(model, args, file), or copy it again.',
  },
  {
    what: 'a text',
    bytes: text('torch.onnx.export failed: see the log\n'.repeat(9)),
    says: 'network.onnx is no ONNX model, or is damaged. Write it with torch.onnx.export(model, args, file), or copy it again.',
  },
  {
    what: 'a picture',
    bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...new Uint8Array(90)),
    says: 'network.onnx is no ONNX model, or is damaged. Write it with torch.onnx.export(model, args, file), or copy it again.',
  },
  {
    what: 'a zip',
    bytes: text(`PK\x03\x04${'-'.repeat(90)}`),
    says: 'network.onnx is a zip archive. A file of torch.save holds weights alone: write the network with torch.onnx.export(model, args, file).',
  },
  {
    what: 'a pointer of Git LFS',
    bytes: text('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
    says: 'network.onnx is a pointer of Git LFS, not the file itself. Fetch the file with git lfs pull.',
  },
  {
    what: "ONNX Runtime's own format",
    bytes: text(`\x18\x00\x00\x00ORTM${'\x00'.repeat(90)}`),
    says: "network.onnx is in ONNX Runtime's own format. Take the .onnx file that it was made of.",
  },
  {
    what: 'zeros',
    bytes: new Uint8Array(100_000),
    says: 'network.onnx is no ONNX model, or is damaged. Write it with torch.onnx.export(model, args, file), or copy it again.',
  },
  {
    what: 'zeros inside a graph',
    bytes: Uint8Array.of(0x3a, 0x80, 0x80, 0x04, ...new Uint8Array(65_536)),
    says: 'network.onnx is no ONNX model, or is damaged. Write it with torch.onnx.export(model, args, file), or copy it again.',
  },
  {
    what: 'a model that is cut off',
    bytes: good.subarray(0, good.length - 9),
    says: 'network.onnx is no ONNX model, or is damaged: it ends too early. Write it with torch.onnx.export(model, args, file), or copy it again.',
  },
  {
    what: 'a model with more behind it',
    bytes: Uint8Array.of(...good, 0, 0, 0),
    says: 'network.onnx is no ONNX model, or is damaged. Write it with torch.onnx.export(model, args, file), or copy it again.',
  },
  {
    what: 'a model without a graph',
    bytes: ModelProto.encode({ irVersion: 8 }).finish(),
    says: 'network.onnx is no ONNX model, or is damaged. Write it with torch.onnx.export(model, args, file).',
  },
  {
    what: 'a graph without nodes',
    bytes: model({ node: [] }),
    says: 'network.onnx is no ONNX model, or is damaged. Write it with torch.onnx.export(model, args, file).',
  },
  {
    what: 'no opset',
    bytes: model({}, { opsetImport: [] }),
    says: 'network.onnx is of ONNX opset 0; 11 to 24 are read. Export it again with opset_version=18.',
  },
  {
    what: 'an opset of before',
    bytes: model({}, { opsetImport: [{ domain: '', version: 9 }] }),
    says: 'network.onnx is of ONNX opset 9; 11 to 24 are read. Export it again with opset_version=18.',
  },
  {
    what: 'an opset to come',
    bytes: model({}, { opsetImport: [{ domain: '', version: 99 }] }),
    says: 'network.onnx is of ONNX opset 99; 11 to 24 are read. Export it again with opset_version=18.',
  },
  {
    what: 'operators of a domain of their own',
    bytes: behind([node('FusedGelu', ['h'], ['y'], { domain: 'com.example' })]),
    says: "The node '/FusedGelu' is 'FusedGelu' of the domain 'com.example'. Only operators of the ONNX standard are read, and some of ONNX Runtime's own.",
  },
  {
    what: 'an operator that is not known',
    bytes: behind([node('NonZero', ['h'], ['y'])]),
    says: "The operator 'NonZero' of the node '/NonZero' gives an array whose shape depends on values, which is not read. The shapes of a network have to be known before it runs: choose by Where, or before the export.",
  },
  {
    what: 'a quantised operator',
    bytes: behind([node('QLinearMatMul', ['h', 'h'], ['y'])]),
    says: "The operator 'QLinearMatMul' of the node '/QLinearMatMul' is of a quantised network, which is not read. Export the network as it was before, in float32.",
  },
  {
    what: 'a dequantised input',
    bytes: behind([node('DequantizeLinear', ['h', 'h'], ['y'])]),
    says: "The operator 'DequantizeLinear' of the node '/DequantizeLinear' is of a quantised network, which is not read. Export the network as it was before, in float32.",
  },
  {
    what: 'a random operator',
    bytes: behind([node('RandomNormalLike', ['h'], ['y'])]),
    says: "The operator 'RandomNormalLike' of the node '/RandomNormalLike' draws random numbers, which is not read. Export the network after eval(), or draw them before, as an input.",
  },
  {
    what: 'a loop',
    bytes: behind([
      node('Loop', ['', '', 'h'], ['y'], { attribute: [{ name: 'body', type: AttributeType.GRAPH, g: {} }] }),
    ]),
    says: "The node '/Loop' (Loop) is a loop or a branch, which is not read. Export the network with torch.onnx.export on example inputs, so that loops are unrolled.",
  },
  {
    what: 'a branch',
    bytes: behind([
      node('If', ['h'], ['y'], { attribute: [{ name: 'then_branch', type: AttributeType.GRAPH, g: { name: 'g' } }] }),
    ]),
    says: "The node '/If' (If) is a loop or a branch, which is not read. Export the network with torch.onnx.export on example inputs, so that loops are unrolled.",
  },
  { what: 'no output', bytes: model({ output: [] }), says: 'network.onnx has no output. Export it again.' },
  {
    what: 'two outputs',
    bytes: model({ output: [value('y', [PIXELS, 3]), value('h', [PIXELS, 3])] }),
    says: "network.onnx has 2 outputs ('y', 'h'); one, the picture, is read. Say which one it is: `output: y`.",
  },
  {
    what: 'an output that no node gives',
    bytes: model({ output: [value('z', [PIXELS, 3])] }),
    says: "The output 'z' depends on no input",
  },
  {
    what: 'an output that is an input',
    bytes: model({ output: [value('x', [PIXELS, 2])] }),
    says: "The output 'x' depends on no input",
  },
  {
    what: 'an output that depends on no input',
    bytes: model({ node: [node('Relu', ['w'], ['y'])] }),
    says: "The network's output 'y' is 2×3, no picture. A network of pixels gives [P, 3], one of frames [B, 3, H, W] or [B, H, W, 3]; grey pictures have 1 in place of 3.",
  },
  {
    what: 'an output of two channels',
    bytes: model({ initializer: [floats('w', [2, 2])] }),
    says: "The network's output 'y' is 24×2, no picture. A network of pixels gives [P, 3], one of frames [B, 3, H, W] or [B, H, W, 3]; grey pictures have 1 in place of 3.",
  },
  {
    what: 'an output with opacity',
    bytes: model({ initializer: [floats('w', [2, 4])] }),
    says: "The network's output 'y' is 24×4, no picture; opacity is not read. A network of pixels gives [P, 3], one of frames [B, 3, H, W] or [B, H, W, 3]; grey pictures have 1 in place of 3.",
  },
  {
    what: 'one number for all pixels',
    bytes: behind([node('ReduceMean', ['h'], ['y'], { attribute: [ints('axes', [0, 1]), int('keepdims', 0)] })]),
    says: "The network's output 'y' is a single number, no picture. A network of pixels gives [P, 3], one of frames [B, 3, H, W] or [B, H, W, 3]; grey pictures have 1 in place of 3.",
  },
  {
    what: 'nodes in the wrong order',
    bytes: model({ node: [node('Relu', ['h'], ['y']), node('MatMul', ['x', 'w'], ['h'])] }),
    says: "The node '/Relu' reads 'h', which no node before it gives",
  },
  {
    what: 'nodes in a circle',
    bytes: model({
      node: [node('Add', ['x', 'b'], ['a']), node('MatMul', ['a', 'w'], ['b']), node('Relu', ['b'], ['y'])],
    }),
    says: "The node '/Add' reads 'b', which no node before it gives",
  },
  {
    what: 'a value that is given twice',
    bytes: behind([node('Relu', ['h'], ['y']), node('Tanh', ['h'], ['y'])]),
    says: "'y' is given twice, by the node '/Relu' and by the node '/Tanh'. Export the network again.",
  },
  {
    what: 'a weight that is given twice',
    bytes: model({ initializer: [floats('w', [2, 3]), floats('w', [2, 3])] }),
    says: "'w' is given twice, by a tensor of the file and by a tensor of the file. Export the network again.",
  },
  {
    what: 'a weight and a value of one name',
    bytes: behind([node('Relu', ['h'], ['y'])], [floats('h', [PIXELS, 3])]),
    says: "'h' is given twice, by a tensor of the file and by the node '/MatMul'. Export the network again.",
  },
  {
    what: 'a weight that is missing',
    bytes: model({ initializer: [] }),
    says: "The node '/MatMul' reads 'w', which no node before it gives",
  },
  {
    what: 'an operand that is missing',
    bytes: model({ node: [node('MatMul', ['x', ''], ['y'])] }),
    says: "The node '/MatMul' (MatMul) cannot be read: its input 2 is missing",
  },
  {
    what: 'an operator without operands',
    bytes: model({ node: [node('Add', [], ['y'])] }),
    says: "The node '/Add' (Add) cannot be read: its input 1 is missing",
  },
  {
    what: 'shapes that do not fit',
    bytes: model({ initializer: [floats('w', [5, 3])] }),
    says: "The node '/MatMul' (MatMul) cannot be read: matMul(24×2, 3×5): inner extents 2 and 5 differ",
  },
  {
    what: 'a weight with no elements',
    bytes: model({ initializer: [floats('w', [2, 0])] }),
    says: "The network's output 'y' is 24×0, no picture. A network of pixels gives [P, 3], one of frames [B, 3, H, W] or [B, H, W, 3]; grey pictures have 1 in place of 3.",
  },
  {
    what: 'a negative extent',
    bytes: model({ initializer: [{ ...floats('w', [2, 3]), dims: [-2, -3] }] }),
    says: "The tensor 'w' is damaged: its shape is -2×-3",
  },
  {
    what: 'fewer bytes than the shape says',
    bytes: model({ initializer: [{ ...floats('w', [2, 3]), dims: [2, 4] }] }),
    says: "The tensor 'w' is damaged: 24 bytes are no 2×4 numbers",
  },
  {
    what: '3 GB that are only stated',
    bytes: model({ initializer: [{ ...floats('w', [2, 3]), dims: [2, 400_000_000] }] }),
    says: "The tensor 'w' is damaged: 24 bytes are no 2×400000000 numbers",
  },
  {
    what: 'more numbers than can be counted',
    bytes: model({ initializer: [{ ...floats('w', [2, 3]), dims: [2 ** 40, 2 ** 40] }] }),
    says: "The tensor 'w' is damaged: its shape is 1099511627776×1099511627776",
  },
  {
    what: 'texts as weights',
    bytes: model({
      initializer: [
        { name: 'w', dims: [2, 3], dataType: DataType.STRING, stringData: Array.from({ length: 6 }, () => text('a')) },
      ],
    }),
    says: "The tensor 'w' holds numbers of type STRING, which are not read. Export the network in float32.",
  },
  {
    what: 'complex numbers',
    bytes: model({
      initializer: [{ name: 'w', dims: [2, 3], dataType: DataType.COMPLEX64, rawData: new Uint8Array(48) }],
    }),
    says: "The tensor 'w' holds numbers of type COMPLEX64, which are not read. Export the network in float32.",
  },
  {
    what: 'numbers of a type that there is not',
    bytes: model({ initializer: [{ ...floats('w', [2, 3]), dataType: 77 }] }),
    says: "The tensor 'w' holds numbers of type 77, which are not read. Export the network in float32.",
  },
  {
    what: 'sparse weights',
    bytes: model({
      initializer: [],
      sparseInitializer: [{ values: floats('w', [2]), indices: wholes('i', [0, 1]), dims: [2, 3] }],
    }),
    says: "network.onnx has sparse weights ('w'), which are not read. Export the network with dense weights.",
  },
  {
    what: 'a weight that lies beside the file',
    bytes: model({
      initializer: [
        {
          name: 'w',
          dims: [2, 3],
          dataType: DataType.FLOAT,
          dataLocation: TensorProto.DataLocation.EXTERNAL,
          externalData: [{ key: 'location', value: 'weights.bin' }],
        },
      ],
    }),
    says: 'weights.bin is missing',
  },
  {
    what: 'a setting that is infinite',
    bytes: behind([
      node('Elu', ['h'], ['y'], {
        attribute: [{ name: 'alpha', type: AttributeType.FLOAT, f: Number.POSITIVE_INFINITY }],
      }),
    ]),
    says: "The node '/Elu' (Elu) has the setting Infinity, which is not finite",
  },
  {
    what: 'a shape that is computed',
    bytes: behind([node('Cast', ['h'], ['s'], { attribute: [int('to', 7)] }), node('Reshape', ['h', 's'], ['y'])]),
    says: "The node '/Reshape' (Reshape) cannot be read: its input 2 is computed while the network runs; only numbers in the file are read here",
  },
  {
    what: 'a range whose length is computed',
    bytes: behind([node('Range', ['h', 'h', 'h'], ['y'])]),
    says: "The node '/Range' (Range) cannot be read: its input 1 is computed while the network runs; only numbers in the file are read here",
  },
  {
    what: 'an array too large',
    bytes: behind(
      [node('Expand', ['h', 's'], ['e']), node('ReduceSum', ['e'], ['y'], { attribute: [int('keepdims', 0)] })],
      [wholes('s', [2 ** 30, 1, 1])],
    ),
    says: "The node '/Expand' (Expand) cannot be read: it makes an array of 1073741824×24×3; up to 536870912 numbers are computed",
  },
  {
    what: 'more numbers than a network may have',
    bytes: behind([node('ConstantOfShape', ['s'], ['c']), node('Add', ['h', 'c'], ['y'])], [wholes('s', [2 ** 40])]),
    says: "The node '/ConstantOfShape' (ConstantOfShape) cannot be read: it makes an array of 1099511627776; up to 536870912 numbers are computed",
  },
  {
    what: 'a slice by steps of 0',
    bytes: behind(
      [node('Slice', ['h', 'a', 'b', 'c', 'd'], ['y'])],
      [wholes('a', [0]), wholes('b', [9]), wholes('c', [0]), wholes('d', [0])],
    ),
    says: "The node '/Slice' (Slice) cannot be read: its step is 0",
  },
  {
    what: 'an axis that there is not',
    bytes: behind([node('Softmax', ['h'], ['y'], { attribute: [int('axis', 7)] })]),
    says: "The node '/Softmax' (Softmax) cannot be read: it names axis 7 of 2",
  },
  {
    what: 'an axis that is named twice',
    bytes: behind([node('Transpose', ['h'], ['y'], { attribute: [ints('perm', [0, 0])] })]),
    says: "The node '/Transpose' (Transpose) cannot be read: transpose(24×3): 0, 0 is not a permutation of its axes",
  },
  {
    what: 'parts that do not add up',
    bytes: behind(
      [
        node('Split', ['h', 's'], ['a', 'b'], { attribute: [int('axis', 1)] }),
        node('Concat', ['a', 'b'], ['y'], { attribute: [int('axis', 1)] }),
      ],
      [wholes('s', [2, 5])],
    ),
    says: "The node '/Split' (Split) cannot be read: slice(24×3): begin 0, 2 with size 24, 5 is not inside it",
  },
  {
    what: 'channels that are resized',
    bytes: frames(
      [node('Resize', ['x', '', '', 's'], ['r']), node('Conv', ['r', 'k'], ['y'])],
      [floats('k', [3, 4, 1, 1]), wholes('s', [1, 4, 8, 12])],
    ),
    arrays: fed([1, 2, 4, 6]),
    says: "The node '/Resize' (Resize) cannot be read: it resizes other axes than rows and columns",
  },
  {
    what: 'a stride of 0',
    bytes: frames(
      [node('Conv', ['x', 'k'], ['y'], { attribute: [ints('strides', [0, 0])] })],
      [floats('k', [3, 2, 1, 1])],
    ),
    says: "The node '/Conv' (Conv) cannot be read: it makes an array of 1×3×Infinity×Infinity; up to 536870912 numbers are computed",
  },
  {
    what: 'groups that do not divide',
    bytes: frames([node('Conv', ['x', 'k'], ['y'], { attribute: [int('group', 5)] })], [floats('k', [3, 2, 1, 1])]),
    says: "The node '/Conv' (Conv) cannot be read: conv2d(1×2×4×6, 3×2×1×1): 2 input channels, but the kernel takes 10",
  },
  {
    what: 'a kernel larger than the picture',
    bytes: frames([node('Conv', ['x', 'k'], ['y'])], [floats('k', [3, 2, 9, 9])]),
    arrays: fed([1, 2, 4, 6]),
    says: "The node '/Conv' (Conv) cannot be read: conv2d(1×2×4×6, 3×2×9×9): the kernel is larger than the padded input",
  },
  {
    what: 'a convolution of volumes',
    bytes: frames([node('Conv', ['x', 'k'], ['y'])], [floats('k', [3, 2, 1, 1, 1])], [1, 2, 4, 6, 6]),
    arrays: fed([1, 2, 4, 6, 6]),
    says: "The node '/Conv' (Conv) cannot be read: it reads an array of 1×2×4×6×6, not images [N, C, H, W]",
  },
  {
    what: 'no layer',
    bytes: model({
      node: [node('Concat', ['x', 'c'], ['y'], { attribute: [int('axis', 1)] })],
      initializer: [floats('c', [PIXELS, 1])],
    }),
    says: 'No layer of the network can be traced. It multiplies nothing with a weight.',
  },
  {
    what: 'an input that is not given',
    bytes: model({ input: [value('x', [PIXELS, 7])], initializer: [floats('w', [7, 3])] }),
    says: "The network reads 'x' (24×7), which is not given. Give the arrays it is fed, by name, as an .npz file: `inputs: inputs.npz`.",
  },
  {
    what: 'an array of another name',
    bytes: good,
    arrays: { coords: ndarray([PIXELS, 2]) },
    says: "The network has no input 'coords'. It reads 'x'.",
  },
  {
    what: 'an array of another shape',
    bytes: good,
    arrays: fed([PIXELS, 5]),
    says: "The array 'x' is 24×5, and the network's input of that name is 24×2. Give [frames, 2], or a row for each of the 4×6 pixels.",
  },
  {
    what: 'an array of fewer rows',
    bytes: good,
    arrays: fed([7, 2]),
    says: "The array 'x' is 7×2, and the picture has 4×6 pixels. Give a row for each of the 24 pixels.",
  },
  {
    what: 'a picture of another size',
    bytes: frames([node('Conv', ['x', 'k'], ['y'])], [floats('k', [3, 2, 2, 2])]),
    arrays: fed([1, 2, 4, 6]),
    says: 'The network draws 3×5 pixels, and the signal has 4×6. Give the signal that size: `size: 3x5`.',
  },
  {
    what: 'a video of a network without time',
    bytes: good,
    signal: video,
    says: 'The network is fed the same for every frame, and the signal is a video. Give an entry for each frame with `inputs: inputs.npz`, or a picture as `signal`.',
  },
  {
    what: 'an array of fewer frames',
    bytes: frames([node('Conv', ['x', 'k'], ['y'])], [floats('k', [3, 2, 1, 1])], ['batch', 2, 4, 6]),
    arrays: fed([3, 2, 4, 6]),
    signal: video,
    says: "The signal has 2 frames, and the array 'x' has 3 frames. Say which of them they are, as `at: 0:2`; or take as many of the signal with `frames`.",
  },
];
export const SIGNAL = image;
