import fc from 'fast-check';

/** As much of JSON Schema as the API description uses. */
export interface ValueSchema {
  type?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: ValueSchema[];
  properties?: Record<string, ValueSchema>;
  required?: string[];
  additionalProperties?: boolean | ValueSchema;
  minProperties?: number;
  items?: ValueSchema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required: boolean;
  schema: ValueSchema;
}

/** One operation of the OpenAPI document. */
export interface Operation {
  /** Method and path, for people to read. */
  name: string;
  method: string;
  /** With `{id}` in place of what is to be filled in. */
  path: string;
  /** `public`, `user`, `admin`, `viewer`, `editor` or `owner`. */
  permission: string;
  parameters: Parameter[];
  body: ValueSchema | undefined;
}

interface DescribedOperation {
  'x-permission'?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: ValueSchema }> };
}

/** Every operation that an OpenAPI document describes, so that a new route is among them by itself. */
export function readOperations(document: {
  paths: Record<string, Record<string, DescribedOperation>>;
}): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => {
      const permission = described['x-permission'];
      const name = `${method.toUpperCase()} ${path}`;
      if (permission === undefined) throw new Error(`${name} is described without its permission.`);
      return {
        name,
        method: method.toUpperCase(),
        path,
        permission,
        parameters: described.parameters ?? [],
        body: described.requestBody?.content['application/json']?.schema,
      };
    }),
  );
}

/** Offers a value for a field by its name, instead of one made from its schema. */
export type Offer = (name: string, schema: ValueSchema) => fc.Arbitrary<unknown> | undefined;

/** Values that a schema accepts, as far as they aren't offered. */
export function valuesOf(schema: ValueSchema, offer: Offer, name = ''): fc.Arbitrary<unknown> {
  const offered = offer(name, schema);
  if (offered) return offered;
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => valuesOf(each, offer, name)));
  switch (schema.type) {
    case 'object':
      return objectsOf(schema, offer);
    case 'array':
      return arraysOf(schema, offer, name);
    case 'string':
      return textsOf(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1000 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectsOf(schema: ValueSchema, offer: Offer): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], minProperties = 0 } = schema;
  const fields = Object.entries(properties).map(
    ([name, each]) => [name, valuesOf(each, offer, name)] as const,
  );
  return fc
    .record(Object.fromEntries(fields), { requiredKeys: required as never[] })
    .filter((value) => Object.keys(value).length >= minProperties);
}

function arraysOf(schema: ValueSchema, offer: Offer, name: string): fc.Arbitrary<unknown> {
  const minLength = schema.minItems ?? 0;
  const maxLength = Math.max(minLength, Math.min(schema.maxItems ?? 3, 3));
  const items = valuesOf(schema.items ?? {}, offer, name);
  return schema.uniqueItems
    ? fc.uniqueArray(items, { minLength, maxLength })
    : fc.array(items, { minLength, maxLength });
}

/** Texts of any characters, as far as the schema lets them through. */
function textsOf(schema: ValueSchema): fc.Arbitrary<string> {
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'date') return days().map((date) => date.toISOString().slice(0, 10));
  if (schema.format === 'date-time') return days().map((date) => date.toISOString());
  const { minLength = 0, maxLength = 200 } = schema;
  if (schema.pattern !== undefined) {
    return fc
      .stringMatching(new RegExp(schema.pattern), { size: 'small' })
      .filter((text) => text.length >= minLength && text.length <= maxLength);
  }
  return fc.string({ minLength, maxLength, size: 'small' });
}

const days = () => fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
