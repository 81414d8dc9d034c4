import { call, dict, global, type PicklePart, pickle, pickleOf, tuple, type Writable } from './pickle-writer.js';
import { tarFile } from './tar-writer.js';
import { tensor, torchFile } from './torch-writer.js';
import { zipFile } from './zip-writer.js';

/** Opcodes of a pickle that puts what `value` makes into the memo's first place, then everything after it. */
const shared = (value: PicklePart, ...rest: PicklePart[]) => pickleOf(value, 'q\x00', ...rest, '.');

const archive = (dataPkl: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}) =>
  zipFile([
    { name: 'archive/data.pkl', content: dataPkl },
    ...Object.entries(storages).map(([key, content]) => ({ name: `archive/data/${key}`, content })),
  ]);

const u32 = (value: number) => String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
const text = (length: number) => `X${u32(length)}${'a'.repeat(length)}`;
const bigInteger = (bytes: number, low = 1) => `\x8b${u32(bytes)}${u32(low)}${'\x01'.repeat(bytes - 5)}\x02`;
const npyHeader = (header: string) => {
  const length = String.fromCharCode(header.length & 255, header.length >> 8);
  return Buffer.from(`\x93NUMPY\x01\x00${length}${header}`, 'latin1');
};
const legacyStorage = (objects: string) =>
  `\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.\x80\x02${objects}.\x80\x02].`;

/** A tensor of one shared storage, `count` times under a name of its own. */
const views = (count: number, shape: readonly number[], strides: readonly number[]) =>
  torchFile({
    content: dict(
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`w${i}`, tensor({ key: '0', shape, strides, elements: 1 })]),
      ),
    ),
    storages: { 0: new Float32Array(1) },
  });

/**
 * Files whose contents share much of little, by what they share: read naively, each takes time or memory in the square
 * of its size n, or worse.
 */
export const HOSTILE_FILES: Readonly<Record<string, (n: number) => Uint8Array>> = {
  'calls that share a list of arguments': (n) =>
    archive(shared(`](${'K\x01'.repeat(n)}e`, `cos\nsystem\nq\x01](${'h\x01h\x00R'.repeat(n)}e`)),
  'objects that share their attributes': (n) =>
    archive(
      shared(
        `}(${Array.from({ length: n }, (_, i) => `J${u32(i)}K\x01`).join('')}u`,
        `ca\nB\nq\x01](${'h\x01)\x81h\x00b'.repeat(n)}e`,
      ),
    ),
  'modules that share their parameters': (n) => {
    const groups = `}(X\x0b\x00\x00\x00_parametersh\x00X\x08\x00\x00\x00_modules}X\x01\x00\x00\x00Bh\x00u`;
    const numbers = Array.from({ length: n }, (_, i) => `J${u32(i)}]`).join('');
    return archive(shared(`}(${numbers}u`, `${groups}q\x01`, `ca\nB\nq\x02](${'h\x02)\x81h\x01b'.repeat(n)}e`));
  },
  'keyword arguments that are shared': (n) =>
    archive(shared(`](${'K\x01'.repeat(n)}e`, `ca\nB\nq\x01](${'h\x01h\x00}\x92'.repeat(n)}e`)),
  'dicts that share a dict of tensors': (n) =>
    torchFile({
      content: new Map<Writable, Writable>([
        [
          'shared',
          dict(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`w${i}`, tensor({ key: '0', shape: [1] })]))),
        ],
        ['list', Array.from({ length: n }, () => dict({}))],
      ]),
      storages: { 0: new Float32Array(1) },
    }),
  'lists that hold the list before twice': (n) => {
    const memo = (i: number) => u32(i);
    const lists = Array.from({ length: Math.min(n, 90) }, (_, i) => `](j${memo(i)}j${memo(i)}er${memo(i + 1)}`);
    return archive(pickleOf(`]r${memo(0)}`, lists.join(''), '.'));
  },
  'a text under many names': (n) => archive(shared(text(n), `](${'h\x00'.repeat(n)}e`)),
  'a text as the key of many dicts': (n) => archive(shared(text(n), `](${'}h\x00Ns'.repeat(n)}e`)),
  'a text in the middle of many paths': (n) =>
    archive(shared(text(n), `}(${Array.from({ length: n }, (_, i) => `J${u32(i)}}h\x00}h\x00}ss`).join('')}u`)),
  'an integer under many names': (n) => archive(shared(bigInteger(1024), `](${'h\x00'.repeat(n)}e`)),
  'an integer as the key of many dicts': (n) => archive(shared(bigInteger(1024), `](${'}h\x00Ns'.repeat(n)}e`)),
  'integers that are long': (n) => archive(pickleOf(`](${bigInteger(1024).repeat(n / 256)}e.`)),
  'integers that differ above 64 bits, as keys': (n) =>
    archive(
      pickleOf(`}(${Array.from({ length: n }, (_, i) => `\x8a\x0cAAAABBBB${u32(i + 1).slice(0, 3)}\x01N`).join('')}u.`),
    ),
  'integers that differ above 64 bits, in a set': (n) =>
    archive(
      pickleOf(
        `(${Array.from({ length: n }, (_, i) => `\x8a\x0cAAAABBBB${u32(i + 1).slice(0, 3)}\x01`).join('')}\x91.`,
      ),
    ),
  'decimal integers that are long': (n) => archive(pickleOf(`](${`L${'7'.repeat(1000)}L\n`.repeat(n / 256)}e.`)),
  'a text that becomes bytes again and again': (n) =>
    archive(shared(text(n), `](${'c_codecs\nencode\nh\x00X\x06\x00\x00\x00latin1\x86R'.repeat(n)}e`)),
  'bytes that become arrays again and again': (n) =>
    archive(
      shared(
        `B${u32(n)}${'\0'.repeat(n)}`,
        'cnumpy\ndtype\nX\x02\x00\x00\x00i1\x85Rq\x01',
        `](${`cnumpy.core.numeric\n_frombuffer\n(h\x00h\x01J${u32(n)}\x85X\x01\x00\x00\x00CtR`.repeat(n)}e`,
      ),
    ),
  'a list that becomes sets again and again': (n) =>
    archive(shared(`](${'K\x01'.repeat(n)}e`, `](${'cbuiltins\nset\nh\x00\x85R'.repeat(n)}e`)),
  'a set that becomes lists again and again': (n) =>
    archive(
      shared(
        `\x8f(${Array.from({ length: n }, (_, i) => `J${u32(i)}`).join('')}\x90`,
        `](${'cbuiltins\nlist\nh\x00\x85R'.repeat(n)}e`,
      ),
    ),
  'classes of long names': (n) => archive(shared(text(900), `](${'h\x00X\x01\x00\x00\x00b\x93'.repeat(n)}e`)),
  'one tensor under many names': (n) => {
    const one = tensor({ key: '0', shape: [1] });
    const names = Array.from({ length: n }, (_, i) => `J${u32(i)}h\x00`).join('');
    return archive(shared(one, `}(${names}u`), { 0: new Uint8Array(4) });
  },
  'tensors under a long path': (n) => {
    const one = tensor({ key: '0', shape: [1] });
    const names = Array.from({ length: n }, (_, i) => `J${u32(i)}h\x00`).join('');
    return archive(shared(one, `}${text(450)}}(${names}us`), { 0: new Uint8Array(4) });
  },
  'persistent ids of one storage': (n) => {
    const id = tuple('storage', global('torch', 'FloatStorage'), '0', 'cpu', 1);
    return archive(shared(id, `](${'h\x00Q'.repeat(n)}e`), { 0: new Uint8Array(4) });
  },
  'views that are stretched': (n) => views(100, [n, n], [0, 0]),
  'views of many axes': (n) => views(n / 32, Array<number>(64).fill(1), Array<number>(64).fill(1)),
  'a sparse tensor that is small and says it is large': (n) => {
    const layout = call(global('torch.serialization', '_get_layout'), ['torch.sparse_coo']);
    const indices = tensor({ key: '0', shape: [2, 1], type: 'LongStorage' });
    const values = tensor({ key: '1', shape: [1] });
    const sparse = call(global('torch._utils', '_rebuild_sparse_tensor'), [
      layout,
      tuple(indices, values, tuple(n, n)),
    ]);
    const content = dict({ a: Array.from({ length: 100 }, () => sparse) });
    return torchFile({ content, storages: { 0: new BigInt64Array(2), 1: new Float32Array(1) } });
  },
  'sparse tensors that share their elements': (n) => {
    const parts = tuple(
      tensor({ key: '0', shape: [1, n], type: 'LongStorage' }),
      tensor({ key: '1', shape: [n] }),
      tuple(1),
    );
    const layout = call(global('torch.serialization', '_get_layout'), ['torch.sparse_coo']);
    const sparse = 'ctorch._utils\n_rebuild_sparse_tensor\nh\x01h\x00\x86R';
    const dataPkl = pickleOf(parts, 'q\x00', layout, 'q\x01', `](${sparse.repeat(n)}e.`);
    return archive(dataPkl, { 0: new Uint8Array(8 * n), 1: new Uint8Array(4 * n) });
  },
  'a sparse tensor of countless empty elements': () => {
    const layout = call(global('torch.serialization', '_get_layout'), ['torch.sparse_coo']);
    const indices = tensor({ key: '0', shape: [0, 1e12], type: 'LongStorage', elements: 0 });
    const values = tensor({ key: '0', shape: [1e12, 0], elements: 0 });
    const sparse = call(global('torch._utils', '_rebuild_sparse_tensor'), [layout, tuple(indices, values, tuple(0))]);
    return torchFile({ content: dict({ sparse }), storages: { 0: new Uint8Array(0) } });
  },
  'storages in bytes that are unpickled again and again': (n) => {
    const inner = legacyStorage(`](${'N'.repeat(n)}e`);
    const bytes = `B${u32(inner.length)}${inner}`;
    return pickleOf('\x80\x02', bytes, 'q\x00', `](${'ctorch.storage\n_load_from_bytes\nh\x00\x85R'.repeat(n)}e.`);
  },
  'a text that every object of an array is': (n) =>
    Buffer.concat([
      npyHeader(`{'descr': '|O', 'fortran_order': False, 'shape': (${n},), }\n`),
      shared(text(n), `](${'h\x00'.repeat(n)}e`),
    ]),
  'nesting without end': (n) => archive(pickleOf(']'.repeat(n), 'a'.repeat(n - 1), '.')),
  'marks without end': (n) => archive(pickleOf('('.repeat(n), '.')),
  'an OmegaConf container that contains itself': () =>
    archive(pickleOf('comegaconf.dictconfig\nDictConfig\n)Rq\x00}X\x08\x00\x00\x00_contenth\x00sb.')),
  'an archive of many empty entries': (n) =>
    zipFile(Array.from({ length: n }, (_, i) => ({ name: `a/data/${i}`, content: new Uint8Array(0) }))),
  'an archive of arrays that deflate to nothing': (n) => {
    const array = Buffer.concat([
      npyHeader(`{'descr': '|u1', 'fortran_order': False, 'shape': (${64 * n},), }\n`),
      new Uint8Array(64 * n),
    ]);
    return zipFile(Array.from({ length: 200 }, (_, i) => ({ name: `${i}.npy`, content: array, deflate: true })));
  },
  'a header of NumPy without end': (n) =>
    npyHeader(`{'descr': ${"'descr':    ".repeat(n / 12)}'shape': (${'1, '.repeat(n / 12)}`.slice(0, 65_000)),
  'a header of safetensors that nests': (n) => safetensors(`{"__metadata__":${'{"a":'.repeat(n)}1${'}'.repeat(n)}}`),
  'safetensors of many names': (n) =>
    safetensors(
      `{${Array.from({ length: n }, (_, i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`).join(',')}}`,
    ),
  'safetensors of long shapes': (n) =>
    safetensors(`{"a":{"dtype":"F32","shape":[${Array(n).fill('1').join(',')}],"data_offsets":[0,0]}}`),
  'weights of a norm that stretches': (n) => {
    const names = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [
        [`w${i}_v`, tensor({ key: '0', shape: [n, n], strides: [0, 0], elements: 1 })],
        [`w${i}_g`, tensor({ key: '0', shape: [n, 1], strides: [0, 0], elements: 1 })],
      ]).flat(),
    );
    return torchFile({ content: dict(names), storages: { 0: new Float32Array(1) } });
  },
  'weights of a norm whose names are many': (n) => {
    const one = tensor({ key: '0', shape: [1] });
    const names = Array.from({ length: n }, (_, i) => {
      const name = `w${i}`;
      const length = String.fromCharCode(name.length + 2);
      return `\x8c${length}${name}_gh\x00\x8c${length}${name}_vh\x00`;
    });
    return archive(shared(one, `}(${names.join('')}u`), { 0: new Uint8Array(4) });
  },
  'masks whose names are many, of weights in many dicts': (n) => {
    const one = tensor({ key: '0', shape: [1] });
    const named = (text: string) => `\x8c${String.fromCharCode(text.length)}${text}`;
    const weights = Array.from({ length: n / 32 }, (_, i) => `${named(`w${i}`)}h\x00`).join('');
    const dicts = Array.from({ length: 31 }, (_, i) => `${named(`d${i}`)}}(${weights}u`).join('');
    return archive(shared(one, `}(${dicts}${named('masks')}}(${weights}uu`), { 0: new Uint8Array(4) });
  },
  'a tar archive of tensors that share one element': (n) => {
    const raw = (...numbers: number[]) => Buffer.from(BigInt64Array.from(numbers, BigInt).buffer);
    const type = global('torch', 'FloatStorage');
    const entries = Array.from({ length: n }, (_, i) => [pickle(tuple(i + 9, 5, type)), raw(2, n, n, 0, 0, 0)]);
    return tarFile([
      ['storages', Buffer.concat([pickle(1), pickle(tuple(5, 'cpu', type)), raw(1), Buffer.alloc(4), pickle([])])],
      ['tensors', Buffer.concat([pickle(n), ...entries.flat()])],
      ['pickle', pickle(null)],
    ]);
  },
  'a tar archive of further words without end': (n) =>
    tarFile([
      ['words', Buffer.alloc(64 * n, '1'), 'x'],
      ['pickle', pickle(null)],
    ]),
};

function safetensors(header: string): Uint8Array {
  const bytes = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, bytes]);
}
