import { type TSchema, Type } from 'typebox';

export const MAX_PAGE = 200;
export const DEFAULT_PAGE = 50;

/** The query parameters of every list. */
export const pageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE }),
  cursor: Type.Optional(Type.String({ maxLength: 500, description: 'nextCursor of the previous page.' })),
};

/** A value that may be null. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** The response of every list of `items`. */
export function pageOf<T extends TSchema>(items: T) {
  return Type.Object({
    items: Type.Array(items),
    nextCursor: nullable(Type.String()),
    total: Type.Optional(Type.Integer()),
  });
}
