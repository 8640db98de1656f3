/** A row as PostgreSQL writes it: one text, or null, per column. */
export type Row = readonly (string | null)[];

/**
 * One statement of which everything but the values is always the same, so that each connection prepares it
 * once, and what its rows mean. It is sent with others in one message, and its rows become no objects on the
 * way. `name` tells it from all others; a text that depends on something has that in its name.
 */
export interface Reading<T> {
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | null | Buffer)[];
  take(rows: readonly Row[]): T;
}

/** What several readings give, in their order. */
export type Taken<T extends readonly Reading<unknown>[]> = {
  -readonly [K in keyof T]: T[K] extends Reading<infer R> ? R : never;
};
