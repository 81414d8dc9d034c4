/** How the neurons of a layer are numbered. */
export interface NeuronNumbering {
  /** How many there are. */
  readonly neurons: number;
  /** How many outputs a convolution has, whose neurons are kernels: neuron = input · outputs + output. */
  readonly outputs?: number;
}

/** A neuron where it is plain what is numbered: `17`; a kernel by its input and output, `4→27`. */
export function neuronNumber(neuron: number, { outputs }: Partial<NeuronNumbering>): string {
  return outputs === undefined ? String(neuron) : `${Math.floor(neuron / outputs)}→${neuron % outputs}`;
}

/** What the neurons of a layer are called, in the singular. */
export function neuronNoun({ outputs }: Partial<NeuronNumbering>): 'neuron' | 'kernel' {
  return outputs === undefined ? 'neuron' : 'kernel';
}

/** All numbers of a neuron: `17`, `4→27 (2011)`. */
export function neuronNumbers(neuron: number, numbering: Partial<NeuronNumbering>): string {
  return numbering.outputs === undefined ? String(neuron) : `${neuronNumber(neuron, numbering)} (${neuron})`;
}

/** `neuron 17`; a kernel by both its names, `kernel 4→27 (2011)`. */
export function neuronName(neuron: number, numbering: Partial<NeuronNumbering>): string {
  return `${neuronNoun(numbering)} ${neuronNumbers(neuron, numbering)}`;
}

/** The index in a name that `neuronName` gives; `null` for any other text. */
export function neuronNamed(text: string): number | null {
  const [, neuron, kernel] = /^(?:neuron (\d{1,9})|kernel \d{1,9}→\d{1,9} \((\d{1,9})\))$/.exec(text) ?? [];
  const index = neuron ?? kernel;
  return index === undefined ? null : Number(index);
}

/** The neuron that somebody writes as `21334`, `6→497` or `6->497`; `null` where the layer has none of that name. */
export function parseNeuron(text: string, { neurons, outputs }: NeuronNumbering): number | null {
  const [, first, second] = /^\s*(\d{1,9})\s*(?:(?:→|->)\s*(\d{1,9})\s*)?$/.exec(text) ?? [];
  if (first === undefined) return null;
  if (second !== undefined && (outputs === undefined || Number(second) >= outputs)) return null;
  const neuron = second === undefined ? Number(first) : Number(first) * outputs! + Number(second);
  return neuron < neurons ? neuron : null;
}

/** What a layer's neurons may be called: `neurons 0 to 63`; `kernels 0→0 to 36→495, or 0 to 18351`. */
export function neuronNames(numbering: NeuronNumbering): string {
  const last = numbering.neurons - 1;
  if (numbering.outputs === undefined) return `neurons 0 to ${last}`;
  return `kernels ${neuronNumber(0, numbering)} to ${neuronNumber(last, numbering)}, or 0 to ${last}`;
}
