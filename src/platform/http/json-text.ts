import type { FastifyReply } from 'fastify';

/** JSON that is finished already, and what it says. Hot routes write it straight from the rows. */
export type JsonText<T> = string & { readonly says?: T };

/** Answers with finished JSON, past the schema's serialiser, which would have to take it apart again. */
export function sendJson(reply: FastifyReply, text: JsonText<unknown>): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text);
}

/** A timestamp as PostgreSQL writes it (`2026-11-23 12:00:00.123456+00`) in the form of the API. */
export function isoTime(text: string): string {
  if (!text.endsWith('+00')) return new Date(text).toISOString();
  const fraction = text.slice(20, -3);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
}
