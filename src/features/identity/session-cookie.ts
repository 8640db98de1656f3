import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenedSession } from './sessions.ts';

const COOKIE = 'commandcenter_session';

/** The secret of the session that the browser came with. */
export function readSessionCookie(request: FastifyRequest): string | undefined {
  return request.cookies[COOKIE];
}

/** Hands the browser its session; scripts can't read it, and other sites can't send it along. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, session: OpenedSession): void {
  reply.setCookie(COOKIE, session.secret, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    maxAge: session.maxAgeSeconds,
    secure: isSecure(request),
  });
}

export function clearSessionCookie(reply: FastifyReply): void {
  reply.clearCookie(COOKIE, { path: '/' });
}

/** By the connection, or by the public address if the request came by that. */
export function isSecure(request: FastifyRequest): boolean {
  if (request.protocol === 'https') return true;
  const { publicUrl } = request.visit.platform.config;
  if (publicUrl === undefined) return false;
  const url = new URL(publicUrl);
  return url.protocol === 'https:' && url.host === request.host;
}
