import { describe, expect, test } from 'vitest';
import { fixture } from '../../test/fixtures.js';
import {
  call,
  dict,
  global,
  type PicklePart,
  pickle,
  pickleOf,
  tuple,
  type Writable,
} from '../../test/pickle-writer.js';
import { refusal } from '../../test/refusals.js';
import { MemoryBudget } from '../memory-budget.js';
import { inFile } from '../refusal.js';
import { BigInteger, type GlobalName, InertRecord, type PickledValue } from '../value.js';
import { unpickle } from './unpickle.js';

function load(bytes: Uint8Array, limit = 1e6): PickledValue {
  const budget = new MemoryBudget(limit);
  return inFile('x', () => unpickle(bytes, { budget, resolve: (id) => [id, 'resolved'], constructors: {} }));
}

const loadValue = (value: Writable) => load(pickle(value));
const refused = (...parts: PicklePart[]) => refusal('invalid-file', () => load(pickleOf(...parts))).message;

describe.each([0, 1, 2, 3, 4, 5])('what CPython pickles with protocol %d', (protocol) => {
  const values = load(fixture(`values.protocol${protocol}.pkl`)) as Map<string, PickledValue>;

  test.each<[string, unknown]>([
    ['epoch', 3],
    ['rate', 0.1],
    ['infinite', Number.NEGATIVE_INFINITY],
    ['negative', -5],
    ['large', 2 ** 40],
    ['huge', new BigInteger(-(2n ** 70n))],
    ['name', 'naïve ☃ "q" \'s\' \\ \n'],
    ['flags', [true, false, null]],
    ['pair', [1, 'two']],
    ['empty', [[], [], new Map()]],
    ['ordered', new Map([['a', 1]])],
    ['default', new Map([['k', 2]])],
    ['raw', Uint8Array.of(0, 255)],
    ['set', new Set([7])],
    ['frozen', new Set([8])],
    ['bytearray', Uint8Array.of(97, 98)],
  ])('%s', (name, expected) => {
    expect(values.get(name)).toEqual(expected);
  });

  test('keeps what is shared shared', () => {
    const [a, b] = values.get('shared') as PickledValue[];
    expect(a).toEqual([1]);
    expect(a).toBe(b);
  });

  test('keeps an instance as a record of its class and attributes', () => {
    const record = values.get('record') as InertRecord;
    expect(record).toBeInstanceOf(InertRecord);
    expect(record.state).toEqual(new Map([['lr', 0.5]]));
    expect([record.type, ...record.args.map((arg) => (arg as GlobalName)?.path)]).toContain('argparse.Namespace');
  });
});

test.each([
  ['os', 'system'],
  ['posix', 'system'],
  ['builtins', 'eval'],
  ['subprocess', 'Popen'],
  ['__proto__', 'constructor'],
])('calls to %s.%s become records, never calls', (module, name) => {
  const record = loadValue(call(global(module, name), ['touch /tmp/owned'])) as InertRecord;
  expect(record).toBeInstanceOf(InertRecord);
  expect(record.type).toBe(`${module}.${name}`);
  expect(record.args).toEqual(['touch /tmp/owned']);
});

test('calls of what a call gives stay records', () => {
  const getattr = call(global('builtins', 'getattr'), [global('os', 'x'), 'system']);
  expect(loadValue(call(getattr, ['id']))).toMatchObject({ type: 'something computed', args: ['id'] });
});

test('all ways to instantiate a class give the same record', () => {
  const ways = [
    pickleOf('(I7\nia\nB\n.'),
    pickleOf('(ca\nB\nI7\no.'),
    pickleOf('\x80\x02ca\nB\nK\x07\x85\x81.'),
    pickleOf('\x80\x02ca\nB\nK\x07\x85R.'),
    pickleOf('\x80\x04\x8c\x01a\x8c\x01B\x93K\x07\x85R.'),
  ];
  for (const way of ways) expect(load(way)).toEqual(new InertRecord('a.B', [7]));
});

test('subclasses of dict and list keep their items and elements', () => {
  expect(load(pickleOf('ca\nB\n)R', 5, 1, 's', 9, 'a.'))).toMatchObject({
    type: 'a.B',
    items: new Map([[5, 1]]),
    elements: [9],
  });
});

test('a list can contain itself', () => {
  const list = load(pickleOf(']q\x00h\x00a.')) as PickledValue[];
  expect(list[0]).toBe(list);
});

test('persistent ids go through the resolver, as texts and as values', () => {
  expect(load(pickleOf('Pabc\n.'))).toEqual(['abc', 'resolved']);
  expect(load(pickleOf('K\x05Q.'))).toEqual([5, 'resolved']);
});

test('Python 2 strings keep their escapes', () => {
  expect(load(pickleOf(`S'a\\'\\x41\\n\\101\\\\'\n.`))).toBe("a'A\nA\\");
  expect(load(pickleOf('U\x02hi.'))).toBe('hi');
});

test('attributes of a known class are dropped, as those of a state dict', () => {
  const ordered = call(global('collections', 'OrderedDict'), [], dict({ _metadata: 1 }));
  expect(loadValue(ordered)).toEqual(new Map());
});

test.each<[string, PicklePart[]]>([
  ['nothing', []],
  ['no end', ['N']],
  ['an empty stack', ['.']],
  ['a pop too many', ['N00.']],
  ['a tuple of too few', ['N\x86.']],
  ['a tuple that reaches below a mark', ['NN(\x86.']],
  ['no mark', ['t.']],
  ['a memo entry that is not there', ['h\x05.']],
  ['an append to a number', ['K\x01N', 'a.']],
  ['an item of a list', [']NN', 's.']],
  ['an odd number of keys and values', ['}(Nu.']],
  ['an unknown opcode', ['\xff.']],
  ['protocol 6', ['\x80\x06N.']],
  ['a text cut short', ['X\xff\xff\xff\x7fabc.']],
  ['a text of 2⁶³ bytes', ['\x8d\x00\x00\x00\x00\x00\x00\x00\x80abc.']],
  ['bytes of negative length', ['T\xff\xff\xff\xffabc.']],
  ['a frame beyond the end', ['\x80\x04\x95\xff\x00\x00\x00\x00\x00\x00\x00N.']],
  ['a number that is none', ['Iabc\n.']],
  ['a float that is none', ['Fabc\n.']],
  ['a string without quotes', ['Sabc\n.']],
  ['an unfinished line', ['Iabc']],
  ['an integer of 100 kB', [`\x8b\xa0\x86\x01\x00${'\x01'.repeat(100_000)}.`]],
  ['an integer of 100 000 digits', [`L${'1'.repeat(100_000)}L\n.`]],
  ['out-of-band buffers', ['\x97.']],
  ['arguments that are no tuple', ['ca\nB\nNR.']],
  ['a class named by a number', ['K\x01K\x02\x93.']],
])('refuses %s', (_, parts) => {
  expect(refused(...parts)).toMatch(/^x: the pickle/);
});

test.each([
  ['containers', ']'],
  ['values', 'N'],
  ['marks', '('],
  ['memo entries', 'N\x94'],
])('refuses a short pickle that becomes many %s', (_, opcodes) => {
  const bomb = pickleOf(opcodes.repeat(1e5), '.');
  expect(refusal('invalid-file', () => load(bomb)).message).toContain('the pickle takes the file beyond');
});

test.each([
  ['lists', 'a list', `](${'N'.repeat(1000)}e`, 'cbuiltins\nlist\nh\x00\x85R'],
  ['sets', 'a set', `](${'N'.repeat(1000)}e`, 'cbuiltins\nset\nh\x00\x85R'],
  ['dicts of pairs', 'a dict', `](${'NN\x86'.repeat(1000)}e`, 'ccollections\nOrderedDict\nh\x00\x85R'],
  [
    'dicts',
    'a dict',
    `}(${Array.from({ length: 1000 }, (_, i) => `M${String.fromCharCode(i & 255, i >> 8)}N`).join('')}u`,
    'cbuiltins\ndict\nh\x00\x85R',
  ],
  [
    'bytes',
    'a byte string',
    `X\x10\x27\x00\x00${'a'.repeat(10_000)}`,
    'c_codecs\nencode\nh\x00X\x06\x00\x00\x00latin1\x86R',
  ],
])('copies of %s cannot multiply', (_, what, original, copy) => {
  const bytes = pickleOf(original, 'q\x00', copy.repeat(5000), '.');
  expect(refusal('invalid-file', () => load(bytes, 2e7)).message).toContain(`${what} takes the file beyond`);
});

test('refuses endless names of classes', () => {
  expect(refused(`c${'a'.repeat(5000)}\nb\n.`)).toContain('by an endless text');
  expect(refused('X\x88\x13\x00\x00', `${'a'.repeat(5000)}`, '2\x93.')).toContain('by an endless text');
});

test('a tuple is a value like any other', () => {
  expect(loadValue(tuple(1, tuple(), 'x'))).toEqual([1, [], 'x']);
});

test('byte strings of protocol 0 keep each of the 256 bytes, whatever the engine calls Latin-1', () => {
  const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  // Python writes text in Latin-1 here, four of its characters escaped.
  const line = [...every].map((byte) =>
    [0x00, 0x0a, 0x1a, 0x5c].includes(byte) ? `\\u00${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte),
  );
  expect(load(pickleOf(`c_codecs\nencode\n(V${line.join('')}\nVlatin1\ntR.`))).toEqual(every);
});

test('strings of Python 2 keep each of the 256 bytes', () => {
  const every = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
  expect(load(pickleOf(`T\x00\x01\x00\x00${every}.`))).toBe(every);
  expect(load(pickleOf(`U\xff${every.slice(1)}.`))).toBe(every.slice(1));
});
