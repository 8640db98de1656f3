/** A string literal of the index's SQL dialect. Quotes are doubled; control characters never occur in our values. */
export function literal(value: string): string {
  if (/\p{Cc}/u.test(value)) throw new TypeError('A filter value must not contain control characters.');
  return `'${value.replaceAll("'", "''")}'`;
}

export function isOneOf(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map(literal).join(', ')})`;
}

export function equals(column: string, value: string): string {
  return `${column} = ${literal(value)}`;
}
