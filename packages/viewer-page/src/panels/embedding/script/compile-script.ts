import type * as Syntax from 'acorn';
import { parse } from 'acorn';

/** The variables of a call of a function, and those of the functions around it. */
interface Frame {
  readonly variables: unknown[];
  readonly self: unknown;
  readonly outer: Frame | null;
}

/** What a statement that returns gives; others give `undefined`. */
interface Returned {
  readonly value: unknown;
}

type Evaluate = (frame: Frame) => unknown;
type Execute = (frame: Frame) => Returned | undefined;
type Assign = (frame: Frame, change: (before: unknown) => unknown) => unknown;
type Callable = (...values: unknown[]) => unknown;

/** Names that a script may use beside its parameters and its own. */
const GLOBALS: Readonly<Record<string, unknown>> = { Array, Float32Array, Math, performance, undefined };

/**
 * The function that `Function(...parameters, body)` would make. regl, under the scatter plot, writes its drawing as JavaScript and
 * compiles it with `Function`, which the page's Content-Security-Policy forbids as it does `eval`; so the text is parsed and
 * interpreted instead. Only what regl writes is understood: functions, `var`, `if`, `for`, `return` and expressions. Drawing one
 * frame takes some thousand steps, so the interpreter's slowness does not show.
 * @throws Error for other statements and expressions, and for names that are not there
 */
export function compileScript(parameters: readonly string[], body: string): Callable {
  const program = parse(body, { ecmaVersion: 2020, allowReturnOutsideFunction: true });
  return functionOf(parameters, program.body as readonly Syntax.Statement[], null)(null);
}

/** Names of a function's variables, in the order in which frames hold them. */
interface Scope {
  readonly names: string[];
  readonly outer: Scope | null;
}

function functionOf(
  parameters: readonly string[],
  body: readonly Syntax.Statement[],
  outer: Scope | null,
): (frame: Frame | null) => Callable {
  const scope: Scope = { names: [...new Set([...parameters, ...body.flatMap(declared)])], outer };
  const run = block(body, scope);
  const count = scope.names.length;
  return (frame) =>
    function (this: unknown, ...values) {
      const variables = values.slice(0, parameters.length);
      variables.length = count;
      return run({ variables, self: this, outer: frame })?.value;
    };
}

/** Names that `var` declares in a statement, functions inside it excepted. */
function declared(statement: Syntax.Statement | null | undefined): string[] {
  switch (statement?.type) {
    case 'VariableDeclaration':
      return statement.declarations.map(({ id }) => nameOf(id));
    case 'BlockStatement':
      return statement.body.flatMap(declared);
    case 'IfStatement':
      return [...declared(statement.consequent), ...declared(statement.alternate)];
    case 'ForStatement': {
      const { init, body } = statement;
      return [...(init?.type === 'VariableDeclaration' ? declared(init) : []), ...declared(body)];
    }
    default:
      return [];
  }
}

function block(statements: readonly Syntax.Statement[], scope: Scope): Execute {
  const steps = statements.map((one) => execute(one, scope));
  return (frame) => {
    for (const step of steps) {
      const returned = step(frame);
      if (returned) return returned;
    }
    return undefined;
  };
}

function execute(statement: Syntax.Statement, scope: Scope): Execute {
  switch (statement.type) {
    case 'EmptyStatement':
      return () => undefined;
    case 'BlockStatement':
      return block(statement.body, scope);
    case 'ExpressionStatement': {
      const value = evaluate(statement.expression, scope);
      return (frame) => {
        value(frame);
        return undefined;
      };
    }
    case 'VariableDeclaration':
      return block(
        statement.declarations.flatMap(({ id, init, ...rest }) =>
          init
            ? [expressionStatement({ ...rest, type: 'AssignmentExpression', operator: '=', left: id, right: init })]
            : [],
        ),
        scope,
      );
    case 'ReturnStatement': {
      const value = statement.argument ? evaluate(statement.argument, scope) : () => undefined;
      return (frame) => ({ value: value(frame) });
    }
    case 'IfStatement': {
      const test = evaluate(statement.test, scope);
      const then = execute(statement.consequent, scope);
      const otherwise = statement.alternate ? execute(statement.alternate, scope) : () => undefined;
      return (frame) => (test(frame) ? then(frame) : otherwise(frame));
    }
    case 'ForStatement':
      return loop(statement, scope);
    default:
      throw unknown(statement);
  }
}

const expressionStatement = (expression: Syntax.AssignmentExpression): Syntax.ExpressionStatement => ({
  ...expression,
  type: 'ExpressionStatement',
  expression,
});

function loop({ init, test, update, body }: Syntax.ForStatement, scope: Scope): Execute {
  const begin = !init ? null : init.type === 'VariableDeclaration' ? execute(init, scope) : evaluate(init, scope);
  const goesOn = test ? evaluate(test, scope) : () => true;
  const step = update ? evaluate(update, scope) : () => undefined;
  const run = execute(body, scope);
  return (frame) => {
    for (begin?.(frame); goesOn(frame); step(frame)) {
      const returned = run(frame);
      if (returned) return returned;
    }
    return undefined;
  };
}

function evaluate(expression: Syntax.Expression | Syntax.Super | Syntax.SpreadElement, scope: Scope): Evaluate {
  switch (expression.type) {
    case 'Literal': {
      const { value } = expression;
      return () => value;
    }
    case 'ThisExpression':
      return ({ self }) => self;
    case 'Identifier':
      return read(expression.name, scope);
    case 'ArrayExpression': {
      const items = expression.elements.map((item) => (item ? evaluate(item, scope) : () => undefined));
      return (frame) => items.map((item) => item(frame));
    }
    case 'ObjectExpression': {
      const fields = expression.properties.map((property) => {
        if (property.type !== 'Property' || property.kind !== 'init') throw unknown(property);
        const { key, computed, value } = property;
        return [keyOf(key as Syntax.Expression, computed, scope), evaluate(value as Syntax.Expression, scope)] as const;
      });
      return (frame) => Object.fromEntries(fields.map(([key, value]) => [key(frame), value(frame)]));
    }
    case 'FunctionExpression':
      return functionOf(expression.params.map(nameOf), expression.body.body, scope);
    case 'MemberExpression': {
      const object = evaluate(expression.object, scope);
      const key = keyOf(expression.property as Syntax.Expression, expression.computed, scope);
      return (frame) => (object(frame) as Record<PropertyKey, unknown>)[key(frame)];
    }
    case 'CallExpression':
      return call(expression, scope);
    case 'NewExpression': {
      const type = evaluate(expression.callee, scope);
      const values = expression.arguments.map((value) => evaluate(value, scope));
      return (frame) =>
        Reflect.construct(
          type(frame) as Callable,
          values.map((value) => value(frame)),
        );
    }
    case 'ConditionalExpression': {
      const [test, then, otherwise] = [expression.test, expression.consequent, expression.alternate].map((one) =>
        evaluate(one, scope),
      );
      return (frame) => (test(frame) ? then(frame) : otherwise(frame));
    }
    case 'LogicalExpression': {
      const [left, right] = [evaluate(expression.left, scope), evaluate(expression.right, scope)];
      if (expression.operator === '&&') return (frame) => left(frame) && right(frame);
      if (expression.operator === '||') return (frame) => left(frame) || right(frame);
      throw unknown(expression);
    }
    case 'UnaryExpression': {
      const value = evaluate(expression.argument, scope);
      const operation = lookUp(UNARY, expression);
      return (frame) => operation(value(frame) as never);
    }
    case 'BinaryExpression': {
      const [left, right] = [evaluate(expression.left as Syntax.Expression, scope), evaluate(expression.right, scope)];
      const operation = lookUp(BINARY, expression);
      return (frame) => operation(left(frame) as never, right(frame) as never);
    }
    case 'UpdateExpression': {
      const assign = assignment(expression.argument, scope);
      const by = expression.operator === '++' ? 1 : -1;
      const back = expression.prefix ? 0 : -by;
      return (frame) => (assign(frame, (before) => Number(before) + by) as number) + back;
    }
    case 'AssignmentExpression': {
      const assign = assignment(expression.left, scope);
      const value = evaluate(expression.right, scope);
      if (expression.operator === '=') return (frame) => assign(frame, () => value(frame));
      const operation = lookUp(BINARY, { ...expression, operator: expression.operator.slice(0, -1) });
      return (frame) => assign(frame, (before) => operation(before as never, value(frame) as never));
    }
    case 'SequenceExpression': {
      const values = expression.expressions.map((one) => evaluate(one, scope));
      return (frame) => values.reduce<unknown>((_, value) => value(frame), undefined);
    }
    default:
      throw unknown(expression);
  }
}

function call({ callee, arguments: given }: Syntax.CallExpression, scope: Scope): Evaluate {
  const values = given.map((value) => evaluate(value, scope));
  if (callee.type !== 'MemberExpression') {
    const called = evaluate(callee, scope);
    return (frame) => (called(frame) as Callable)(...values.map((value) => value(frame)));
  }
  const object = evaluate(callee.object, scope);
  const key = keyOf(callee.property as Syntax.Expression, callee.computed, scope);
  return (frame) => {
    const owner = object(frame) as Record<PropertyKey, Callable>;
    return owner[key(frame)](...values.map((value) => value(frame)));
  };
}

function keyOf(key: Syntax.Expression, computed: boolean, scope: Scope): (frame: Frame) => PropertyKey {
  if (computed) return evaluate(key, scope) as (frame: Frame) => PropertyKey;
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
  if (name === undefined) throw unknown(key);
  return () => name;
}

function read(name: string, scope: Scope): Evaluate {
  const place = placeOf(name, scope);
  if (!place) {
    if (!Object.hasOwn(GLOBALS, name)) throw new Error(`The script uses '${name}', which is not there`);
    return () => GLOBALS[name];
  }
  const { depth, index } = place;
  return (frame) => at(frame, depth).variables[index];
}

/** How many functions further out a name is a variable, and which. */
function placeOf(name: string, scope: Scope): { readonly depth: number; readonly index: number } | undefined {
  let depth = 0;
  for (let one: Scope | null = scope; one; one = one.outer, depth++) {
    const index = one.names.indexOf(name);
    if (index >= 0) return { depth, index };
  }
  return undefined;
}

function at(frame: Frame, depth: number): Frame {
  let found = frame;
  for (let i = 0; i < depth; i++) found = found.outer!;
  return found;
}

/** Changes what the left side of an assignment names; gives its new value. */
function assignment(target: Syntax.Pattern | Syntax.Expression, scope: Scope): Assign {
  if (target.type === 'Identifier') {
    const place = placeOf(target.name, scope);
    if (!place) throw new Error(`The script sets '${target.name}', which it does not declare`);
    const { depth, index } = place;
    return (frame, change) => {
      const { variables } = at(frame, depth);
      variables[index] = change(variables[index]);
      return variables[index];
    };
  }
  if (target.type !== 'MemberExpression') throw unknown(target);
  const object = evaluate(target.object, scope);
  const key = keyOf(target.property as Syntax.Expression, target.computed, scope);
  return (frame, change) => {
    const owner = object(frame) as Record<PropertyKey, unknown>;
    const name = key(frame);
    const value = change(owner[name]);
    owner[name] = value;
    return value;
  };
}

const UNARY: Readonly<Record<string, (value: never) => unknown>> = {
  '!': (value: unknown) => !value,
  '-': (value: number) => -value,
  '+': (value: number) => +value,
  '~': (value: number) => ~value,
  typeof: (value: unknown) => typeof value,
};

const BINARY: Readonly<Record<string, (left: never, right: never) => unknown>> = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '===': (a: unknown, b: unknown) => a === b,
  '!==': (a: unknown, b: unknown) => a !== b,
  // biome-ignore lint/suspicious/noDoubleEquals: scripts compare so.
  '==': (a: unknown, b: unknown) => a == b,
  // biome-ignore lint/suspicious/noDoubleEquals: scripts compare so.
  '!=': (a: unknown, b: unknown) => a != b,
  '&': (a: number, b: number) => a & b,
  '|': (a: number, b: number) => a | b,
  '^': (a: number, b: number) => a ^ b,
  '<<': (a: number, b: number) => a << b,
  '>>': (a: number, b: number) => a >> b,
  '>>>': (a: number, b: number) => a >>> b,
  in: (key: PropertyKey, object: object) => key in object,
  instanceof: (value: unknown, type: Callable) => value instanceof type,
};

function lookUp<T>(
  operations: Readonly<Record<string, T>>,
  node: { readonly operator: string; readonly type: string },
): T {
  const found = operations[node.operator];
  if (!found) throw new Error(`Scripts with the operator '${node.operator}' are not understood`);
  return found;
}

function nameOf(pattern: Syntax.Pattern): string {
  if (pattern.type !== 'Identifier') throw unknown(pattern);
  return pattern.name;
}

function unknown({ type }: { readonly type: string }): Error {
  return new Error(`Scripts with a ${type} are not understood`);
}
