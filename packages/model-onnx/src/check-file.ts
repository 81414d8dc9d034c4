import { XincError } from '@xinc/core';

/** What stands at the beginning of files that are taken for networks. */
const OTHERS: readonly { readonly at: number; readonly text: string; readonly what: string; readonly hint: string }[] =
  [
    {
      at: 0,
      text: 'PK\x03\x04',
      what: 'a zip archive',
      hint: 'A file of torch.save holds weights alone: write the network with torch.onnx.export(model, args, file).',
    },
    {
      at: 4,
      text: 'ORTM',
      what: "in ONNX Runtime's own format",
      hint: 'Take the .onnx file that it was made of.',
    },
    {
      at: 0,
      text: 'version https://git-lfs',
      what: 'a pointer of Git LFS, not the file itself',
      hint: 'Fetch the file with git lfs pull.',
    },
  ];

/** Whether the first bytes can be those of an ONNX model. @throws XincError `invalid-file` saying what the file is instead */
export function checkBeginning(head: Uint8Array, source: string): void {
  const text = String.fromCharCode(...head.subarray(0, 64));
  const other = OTHERS.find(({ at, text: sign }) => text.startsWith(sign, at));
  if (other) throw new XincError('invalid-file', `${source} is ${other.what}`, { subject: source, hint: other.hint });
  if (head.length === 0) throw new XincError('invalid-file', `${source} is empty`, { subject: source, hint: AGAIN });
  const fields = new Fields(head, 0, head.length, source);
  // What lies beyond the first bytes is not known.
  while (fields.position < head.length - LONGEST_FIELD) fields.next(true);
}

/** Bytes of a tag and a length. */
const LONGEST_FIELD = 20;
const AGAIN = 'Write it with torch.onnx.export(model, args, file), or copy it again.';

/** Bytes of a model besides its tensors' numbers; PyTorch's have some megabytes at the most. */
const MOST_STRUCTURE = 2 ** 26;
/** Bytes of numbers that are listed one by one, not laid out as in memory: fractions, whole numbers. */
const MOST_LISTED = { fractions: 2 ** 29, whole: 2 ** 24 } as const;

/** Fields of the messages that tensors lie in, by number: how ONNX's onnx.proto numbers them. */
type Message = 'model' | 'graph' | 'node' | 'attribute' | 'tensor';
const INSIDE: Readonly<Record<Message, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph' },
  graph: { 1: 'node', 5: 'tensor' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor' },
  tensor: {},
};
const RAW = 9;
const LISTED: Readonly<Record<number, keyof typeof MOST_LISTED>> = {
  4: 'fractions',
  5: 'whole',
  7: 'whole',
  10: 'fractions',
  11: 'whole',
};

/**
 * Whether a file is made as a model is, and reading it takes time and memory in proportion to its tensors: told from its lengths
 * alone, before anything is made of it.
 * @throws XincError `invalid-file`, `unsupported`
 */
export function checkFile(bytes: Uint8Array, source: string): void {
  let structure = 0;
  const listed = { fractions: 0, whole: 0 };
  const visit = (message: Message, from: number, to: number): void => {
    const fields = new Fields(bytes, from, to, source);
    while (fields.position < to) {
      const start = fields.position;
      const { number, content } = fields.next(false);
      const inner = content && INSIDE[message][number];
      const numbers = message === 'tensor' && content ? content.to - content.from : 0;
      if (inner) visit(inner, content.from, content.to);
      else if (numbers > 0 && LISTED[number]) listed[LISTED[number]] += numbers;
      else if (!(message === 'tensor' && number === RAW)) structure += fields.position - start;
      if (structure > MOST_STRUCTURE) {
        throw tooMuch(`has more than ${MOST_STRUCTURE / 2 ** 20} MB besides its weights`);
      }
      for (const kind of ['fractions', 'whole'] as const) {
        if (listed[kind] > MOST_LISTED[kind]) {
          const megabytes = MOST_LISTED[kind] / 2 ** 20;
          throw tooMuch(
            `lists more than ${megabytes} MB of ${kind === 'whole' ? 'whole numbers' : 'numbers'} one by one`,
          );
        }
      }
    }
  };
  const tooMuch = (what: string) => new XincError('unsupported', `${source} ${what}`, { subject: source, hint: AGAIN });
  visit('model', 0, bytes.length);
}

/** Fields of a protobuf message, one after the other. */
class Fields {
  constructor(
    readonly bytes: Uint8Array,
    public position: number,
    readonly end: number,
    readonly source: string,
  ) {}

  /** @param open the message goes on behind the bytes that are there */
  next(open: boolean): { readonly number: number; readonly content?: { readonly from: number; readonly to: number } } {
    const tag = this.#whole();
    const number = Math.floor(tag / 8);
    if (number === 0) throw this.#noModel();
    switch (tag % 8) {
      case 0:
        this.#whole();
        return { number };
      case 1:
        this.#skip(8, open);
        return { number };
      case 2: {
        const length = this.#whole();
        const from = this.position;
        this.#skip(length, open);
        return { number, content: { from, to: this.position } };
      }
      case 5:
        this.#skip(4, open);
        return { number };
    }
    throw this.#noModel();
  }

  #skip(count: number, open: boolean): void {
    this.position += count;
    if (this.position > this.end && !open) {
      throw new XincError('invalid-file', `${this.source} is no ONNX model, or is damaged: it ends too early`, {
        subject: this.source,
        hint: AGAIN,
      });
    }
  }

  #whole(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      if (this.position >= this.end) throw this.#noModel();
      const byte = this.bytes[this.position++];
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
    throw this.#noModel();
  }

  #noModel(): XincError {
    return new XincError('invalid-file', `${this.source} is no ONNX model, or is damaged`, {
      subject: this.source,
      hint: AGAIN,
    });
  }
}
