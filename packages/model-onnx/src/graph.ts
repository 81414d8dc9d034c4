/** A network as its file describes it, without the values of its weights: plain data, as it is kept with a run. */
export interface OnnxGraph {
  readonly opset: number;
  readonly inputs: readonly OnnxInput[];
  /** The picture's name. */
  readonly output: string;
  readonly nodes: readonly OnnxNode[];
  /** Names of inputs and weights that are whole numbers. */
  readonly whole?: readonly string[];
  /** Numbers that shapes and settings are made of, by name. */
  readonly constants: Readonly<Record<string, Static>>;
}

export interface OnnxInput {
  readonly name: string;
  /** `null` for an extent that the file leaves open. */
  readonly shape: readonly (number | null)[];
}

export interface OnnxNode {
  /** As the exporter called it, for messages. */
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export type Attribute = number | string | readonly number[] | Static;

/** Numbers known before the network runs. */
export interface Static {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** Whether the file says that they are fractions, whatever their values. */
  readonly floats?: boolean;
}
