import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import {
  type Actor,
  createContext,
  type Platform,
  type Role,
  recordActivity,
} from '#platform/context/index.ts';
import { readOrCreateSecretFile } from '#platform/secrets/index.ts';
import { deleteExpiredSessions, deleteSession, insertSession, selectSession } from './store.ts';

/** Who a request turned out to come from. */
export interface Principal {
  actor: Actor;
  role: Role;
  projectId: string;
}

export interface Identity {
  readonly ownerToken: string;
  /** A code that signs its bearer in once, within {@link LOGIN_CODE_MINUTES} minutes. */
  createLoginCode(): string;
  /** Exchanges a login code for a session token; null if the code is unknown, used or too old. */
  redeemLoginCode(code: string): Promise<{ token: string; maxAgeSeconds: number } | null>;
  authenticateToken(token: string): Principal | null;
  authenticateSession(token: string): Promise<Principal | null>;
  endSession(token: string): Promise<void>;
}

const LOGIN_CODE_MINUTES = 15;
const SESSION_DAYS = 30;
const OWNER: Actor = { kind: 'owner', id: 'owner', name: 'Owner' };

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

/**
 * The owner of a single-user installation: a token in `DATA_DIR/owner-token` (0600) for programs, one-time
 * links that turn into browser sessions for people. Only hashes of session tokens are stored.
 */
export function createIdentity(platform: Platform, projectId: string): Identity {
  const ownerToken = readOrCreateSecretFile(join(platform.config.dataDir, 'owner-token'), 32);
  const ownerTokenHash = hash(ownerToken);
  const loginCodes = new Map<string, number>();
  const owner: Principal = { actor: OWNER, role: 'owner', projectId };
  const context = createContext(platform, owner);

  return {
    ownerToken,
    createLoginCode() {
      const now = platform.clock.now().getTime();
      for (const [code, expires] of loginCodes) if (expires < now) loginCodes.delete(code);
      const code = randomBytes(24).toString('base64url');
      loginCodes.set(code, now + LOGIN_CODE_MINUTES * 60_000);
      return code;
    },
    async redeemLoginCode(code) {
      const expires = loginCodes.get(code);
      loginCodes.delete(code);
      const now = platform.clock.now();
      if (expires === undefined || expires < now.getTime()) return null;
      const token = randomBytes(32).toString('base64url');
      const maxAgeSeconds = SESSION_DAYS * 86_400;
      await context.transaction(async (tx) => {
        await deleteExpiredSessions(tx, now);
        await insertSession(tx, {
          tokenHash: hash(token),
          actorId: OWNER.id,
          actorName: OWNER.name,
          expiresAt: new Date(now.getTime() + maxAgeSeconds * 1000),
        });
        await recordActivity(tx, context, {
          action: 'identity.signIn',
          subjectKind: 'user',
          subjectId: OWNER.id,
        });
      });
      return { token, maxAgeSeconds };
    },
    authenticateToken: (token) => (timingSafeEqual(hash(token), ownerTokenHash) ? owner : null),
    async authenticateSession(token) {
      const row = await context.transaction((tx) => selectSession(tx, hash(token), platform.clock.now()));
      return row ? { ...owner, actor: { ...OWNER, id: row.actorId, name: row.actorName } } : null;
    },
    async endSession(token) {
      await context.transaction((tx) => deleteSession(tx, hash(token)));
    },
  };
}
