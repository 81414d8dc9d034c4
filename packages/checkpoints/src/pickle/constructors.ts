import { latin1Bytes } from '../latin1.js';
import type { MemoryBudget } from '../memory-budget.js';
import type { PickledValue } from '../value.js';

/**
 * What calling a known class or function with these arguments gives, done here in TypeScript. `undefined` where the
 * arguments are not those it takes; the call then stays an inert record.
 */
export type Constructor = (args: readonly PickledValue[], budget: MemoryBudget) => PickledValue | undefined;

/** Constructors by module and name. */
export type Constructors = Readonly<Record<string, Constructor>>;

/** What an element of a container takes, roughly. Spent where elements are copied, so that copies cannot multiply. */
const ELEMENT_BYTES = 48;

const sequence: Constructor = ([source = []], budget) => {
  const elements = elementsOf(source);
  budget.spend(elements ? elements.length * ELEMENT_BYTES : 0, 'a list');
  return elements && [...elements];
};

const set: Constructor = ([source = []], budget) => {
  const elements = elementsOf(source);
  budget.spend(elements ? elements.length * ELEMENT_BYTES : 0, 'a set');
  return elements && new Set(elements);
};

const dict: Constructor = ([source = []], budget) => {
  if (source instanceof Map) {
    budget.spend(source.size * ELEMENT_BYTES, 'a dict');
    return new Map(source);
  }
  if (!Array.isArray(source)) return undefined;
  budget.spend(source.length * ELEMENT_BYTES, 'a dict');
  const items = new Map<PickledValue, PickledValue>();
  for (const pair of source) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined;
    items.set(pair[0], pair[1]);
  }
  return items;
};

/** How protocols below 3 hold bytes: text whose code points are the bytes, and the name of Latin-1. */
const latin1: Constructor = ([text, encoding], budget) => {
  if (typeof text !== 'string' || typeof encoding !== 'string' || !/^latin-?1$/i.test(encoding)) return undefined;
  budget.spend(text.length, 'a byte string');
  return latin1Bytes(text);
};

const bytes: Constructor = (args, budget) => {
  if (args.length === 0) return new Uint8Array();
  if (typeof args[0] === 'string') return latin1(args, budget);
  return args[0] instanceof Uint8Array ? args[0] : undefined;
};

const defaultdict: Constructor = ([, source = []], budget) => dict([source], budget);

/** Python's own containers. */
const BUILTINS: Constructors = { list: sequence, tuple: sequence, set, frozenset: set, dict, bytes, bytearray: bytes };

/** What every pickle may hold, PyTorch's or not; Python 2 called `builtins` `__builtin__`. */
export const STANDARD_CONSTRUCTORS: Constructors = {
  ...Object.fromEntries(
    Object.entries(BUILTINS).flatMap(([name, make]) => [
      [`builtins.${name}`, make],
      [`__builtin__.${name}`, make],
    ]),
  ),
  '_codecs.encode': latin1,
  'collections.OrderedDict': dict,
  'collections.defaultdict': defaultdict,
};

function elementsOf(source: PickledValue): PickledValue[] | undefined {
  if (Array.isArray(source)) return source;
  return source instanceof Set ? [...source] : undefined;
}
