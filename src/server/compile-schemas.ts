import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify';

/**
 * What checks requests, compiled when a route is used for the first time: all of them at once are a third of
 * the time that a start takes. Query strings and paths are text, so numbers in them are converted; a JSON body
 * has types of its own, and converting there would turn null into an empty string.
 */
export function createValidators(): FastifySchemaCompiler<object> {
  const strict = once(() => createAjv({}));
  const converting = once(() => createAjv({ coerceTypes: 'array' }));
  return ({ schema, httpPart }) => {
    const compiled = once(() => (httpPart === 'body' ? strict() : converting()).compile(schema));
    const validate = (data: unknown): boolean => {
      const isValid = compiled()(data);
      (validate as Partial<ValidateFunction>).errors = compiled().errors ?? null;
      return isValid;
    };
    return validate;
  };
}

/** What writes answers, compiled in the same manner. */
export function createSerializers(): FastifySerializerCompiler<unknown> {
  const compile = SerializerSelector()({}, {}) as unknown as FastifySerializerCompiler<unknown>;
  return (route) => {
    const compiled = once(() => compile(route));
    return (data) => compiled()(data);
  };
}

function createAjv(options: { coerceTypes?: 'array' }): Ajv.default {
  const ajv = new Ajv.default({
    ...options,
    useDefaults: true,
    removeAdditional: false,
    allErrors: false,
    strict: false,
    // The schemas are ours, and each is used by a test.
    meta: false,
    validateSchema: false,
  });
  addFormats.default(ajv);
  return ajv;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
