/**
 * Synthesized templates as plain facts: resources by type, properties by path, and names made comparable. An intrinsic becomes
 * the text that identifies what it stands for, `stack/LogicalId` for a reference and `stack/LogicalId.Arn` for an attribute,
 * with imports followed to the stack that exports them.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: JsonObject } & JsonObject>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Export?: { readonly Name: Json } }>>;
}

export class Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly deletionPolicy: Json | undefined;
  readonly updateReplacePolicy: Json | undefined;
  readonly metadata: Json | undefined;
  readonly #properties: JsonObject;
  readonly #templates: Templates;

  constructor(templates: Templates, stack: string, id: string, declared: Template['Resources'][string]) {
    this.stack = stack;
    this.id = id;
    this.type = declared.Type;
    this.deletionPolicy = declared.DeletionPolicy;
    this.updateReplacePolicy = declared.UpdateReplacePolicy;
    this.metadata = declared.Metadata;
    this.#properties = declared.Properties ?? {};
    this.#templates = templates;
  }

  /** What a reference to this resource resolves to. */
  get name(): string {
    return `${this.stack}/${this.id}`;
  }

  /** The raw value under a dotted path, e.g. `TracingConfig.Mode`. */
  at(path: string): Json | undefined {
    let value: Json | undefined = this.#properties;
    for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
    return value;
  }

  list(path: string): readonly Json[] {
    return asList(this.at(path));
  }

  /** The value under a path as comparable text; empty when there is none. */
  text(path: string): string {
    const value = this.at(path);
    return value === undefined ? '' : this.resolve(value);
  }

  resolve(value: Json): string {
    return this.#templates.resolve(value, this.stack);
  }
}

export class Templates {
  readonly stacks: ReadonlyMap<string, Template>;
  readonly #exports = new Map<string, { readonly stack: string; readonly value: Json }>();

  constructor(stacks: ReadonlyMap<string, Template>) {
    this.stacks = stacks;
    for (const [stack, { Outputs = {} }] of stacks) {
      for (const { Value, Export } of Object.values(Outputs)) if (Export) this.#exports.set(String(Export.Name), { stack, value: Value });
    }
  }

  all(...types: readonly string[]): Resource[] {
    return [...this.stacks].flatMap(([stack, { Resources }]) =>
      Object.entries(Resources)
        .filter(([, { Type }]) => types.length === 0 || types.includes(Type))
        .map(([id, declared]) => new Resource(this, stack, id, declared)),
    );
  }

  /** By what a reference to it resolves to, attribute or not. @throws Error when no template declares it. */
  named(reference: string): Resource {
    const [stack = '', id = ''] = reference.split('/');
    const declared = this.stacks.get(stack)?.Resources[id.split('.')[0]!];
    if (!declared) throw new Error(`No template declares ${reference}.`);
    return new Resource(this, stack, id.split('.')[0]!, declared);
  }

  resolve(value: Json, stack: string): string {
    if (!isObject(value)) return Array.isArray(value) ? value.map((one: Json) => this.resolve(one, stack)).join(',') : String(value);
    const [[intrinsic, argument] = ['', null]] = Object.entries(value);
    switch (intrinsic) {
      case 'Ref':
        return String(argument).startsWith('AWS::') ? `<${String(argument)}>` : `${stack}/${String(argument)}`;
      case 'Fn::GetAtt':
        return `${stack}/${asList(argument).join('.')}`;
      case 'Fn::Join': {
        const [separator, parts] = asList(argument);
        return asList(parts)
          .map((part) => this.resolve(part, stack))
          .join(String(separator));
      }
      case 'Fn::ImportValue': {
        const exported = this.#exports.get(String(argument));
        if (!exported) throw new Error(`No stack exports ${String(argument)}.`);
        return this.resolve(exported.value, exported.stack);
      }
      default:
        return JSON.stringify(value);
    }
  }
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** IAM and CloudFormation write one value where a list of one is meant. */
export const asList = (value: Json | undefined): readonly Json[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
