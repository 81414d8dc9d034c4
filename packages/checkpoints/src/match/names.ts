import type { Checkpoint, CheckpointTensor } from '../checkpoint.js';

/** Path segments that PyTorch's wrappers (compile, DataParallel, Fabric, FSDP) put between a model and its names. */
const WRAPPERS: ReadonlySet<string> = new Set(['_orig_mod', 'module', '_forward_module', '_fsdp_wrapped_module']);

/** Attribute names under which training code keeps its network. */
const HOLDERS: ReadonlySet<string> = new Set(['model', 'net', 'network']);

/** Keys under which checkpoints keep a state dict, the likeliest first; averaged weights come after all others. */
const STATE_DICTS = ['state_dict', 'model_state_dict', 'model_state', 'model', 'net_state_dict', 'net', 'params'];
const AVERAGED = ['ema_state_dict', 'ema_model', 'ema', 'model_ema'];

/** What parts a name into segments: PyTorch's dots, and the slashes that archives of arrays have. */
const SEPARATOR = /[./]/;

/** Where the segments of a name begin, from `from` on and at most `most` of them; the first of all begins at 0. */
export function segmentStarts(name: string, from = 0, most = Number.POSITIVE_INFINITY): number[] {
  const starts = from <= 0 ? [0] : [];
  for (let at = Math.max(1, from); at < name.length && starts.length < most; at++) {
    if (name[at - 1] === '.' || name[at - 1] === '/') starts.push(at);
  }
  return starts;
}

/** A name without wrappers: `module.net._orig_mod.0.weight` → `net.0.weight`. */
export function withoutWrappers(name: string): string {
  return name
    .split('.')
    .filter((segment) => !WRAPPERS.has(segment))
    .join('.');
}

/** Names without wrappers, of checkpoints that are still in use: many questions are asked of one. */
const plainNames = new WeakMap<ReadonlyMap<string, CheckpointTensor>, ReadonlyMap<string, CheckpointTensor>>();

/** A checkpoint's tensors by their names without wrappers; where two would get one name, the later keeps its own. */
export function tensorsByPlainName(checkpoint: Pick<Checkpoint, 'tensors'>): ReadonlyMap<string, CheckpointTensor> {
  const known = plainNames.get(checkpoint.tensors);
  if (known) return known;
  const tensors = new Map<string, CheckpointTensor>();
  for (const [name, tensor] of checkpoint.tensors) {
    const plain = withoutWrappers(name);
    tensors.set(plain === '' || tensors.has(plain) ? name : plain, tensor);
  }
  plainNames.set(checkpoint.tensors, tensors);
  return tensors;
}

/** How late a prefix comes among those that fit equally well: known state dicts, then unknown places, then averages. */
export function prefixRank(prefix: string): number {
  const [first] = prefix.split(SEPARATOR, 1);
  const known = STATE_DICTS.indexOf(first);
  if (known >= 0) return known;
  return STATE_DICTS.length + (AVERAGED.indexOf(first) + 1);
}

/**
 * The prefix of the state dict in a checkpoint of which no name is known: the first of the usual keys that holds a dict
 * or module with tensors, else the top; then on through attributes that hold every tensor (`model.`).
 */
export function likelyPrefix(tensors: ReadonlyMap<string, CheckpointTensor>): string {
  const keys = new Set([...tensors.values()].map(({ parent }) => parent.split('.', 1)[0]));
  const key = [...STATE_DICTS, ...AVERAGED].find((name) => keys.has(name));
  let prefix = key === undefined ? '' : `${key}.`;
  for (;;) {
    const inside = [...tensors.keys()].filter((name) => name.startsWith(prefix));
    const firsts = new Set(inside.map((name) => name.slice(prefix.length).split('.', 1)[0]));
    const [only] = firsts;
    if (firsts.size !== 1 || !HOLDERS.has(only) || inside.includes(prefix + only)) return prefix;
    prefix += `${only}.`;
  }
}
