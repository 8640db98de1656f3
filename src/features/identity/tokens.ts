import { join } from 'node:path';
import { type Platform, type Role, recordIdentityActivity } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import { newId } from '#platform/ids/index.ts';
import { readOrCreateSecretFile } from '#platform/secrets/index.ts';
import type { Member } from './caller.ts';
import { hashSecret, newApiToken } from './random-secrets.ts';
import type { CreateTokenInput, TokenItem, TokenScope } from './schema.ts';
import {
  deleteExpiredTokens,
  deleteOtherLocalTokens,
  deleteToken,
  insertToken,
  selectTokens,
  type TokenWithUser,
} from './token-store.ts';

const DAY_MS = 86_400_000;
const PREFIX_CHARACTERS = 8;
const SCOPES_OF: Record<Role, readonly TokenScope[]> = {
  viewer: ['read'],
  editor: ['read', 'write'],
  owner: ['read', 'write', 'admin'],
};

/** The tokens for the project: an owner sees those of all members, others their own. */
export async function listTokens(member: Member): Promise<TokenItem[]> {
  const rows = await member.platform.database.identityTransaction(
    (tx) => selectTokens(tx, member.membership.projectId, seenUser(member)),
    { readOnly: true },
  );
  return rows.map(toItem);
}

/** Makes a token for the project, which may do at most what its user may. It is shown only here. */
export async function createToken(
  member: Member,
  input: CreateTokenInput,
): Promise<TokenItem & { token: string }> {
  const { platform, membership, userId } = member;
  if (!SCOPES_OF[membership.role].includes(input.scope)) {
    throw appError('scope-too-wide', 403, `A ${membership.role} can't make a token of scope ${input.scope}.`);
  }
  const token = newApiToken();
  const now = platform.clock.now();
  const days = input.expiresInDays;
  const values = {
    id: newId(),
    tokenHash: hashSecret(token),
    prefix: token.slice(0, PREFIX_CHARACTERS),
    name: input.name.trim(),
    scope: input.scope,
    userId,
    projectId: membership.projectId,
    local: false,
    createdAt: now,
    expiresAt: days === undefined ? null : new Date(now.getTime() + days * DAY_MS),
    lastUsedAt: null,
  };
  await platform.database.identityTransaction(async (tx) => {
    await deleteExpiredTokens(tx, userId, now);
    await insertToken(tx, values);
    await recordIdentityActivity(tx, member, membership.projectId, {
      action: 'identity.createToken',
      subjectKind: 'token',
      subjectId: values.id,
      after: { name: values.name, scope: values.scope, expiresAt: values.expiresAt },
    });
  });
  return { ...toItem({ ...values, userName: member.actor.name }), token };
}

/** Makes a token worthless at once: one's own, or as an owner that of any member. */
export async function revokeToken(member: Member, id: string): Promise<void> {
  const { projectId } = member.membership;
  await member.platform.database.identityTransaction(async (tx) => {
    const row = await deleteToken(tx, projectId, id, seenUser(member));
    if (!row) throw notFound('token', id);
    await recordIdentityActivity(tx, member, projectId, {
      action: 'identity.revokeToken',
      subjectKind: 'token',
      subjectId: id,
      before: { name: row.name, scope: row.scope },
    });
  });
}

/**
 * The token of the command line on this machine, kept in `DATA_DIR/owner-token` (0600): the owner's own hand.
 * If the file is replaced or removed, what stood there before is worth nothing after the next start.
 */
export async function keepLocalToken(platform: Platform, user: { id: string }): Promise<string> {
  const token = readOrCreateSecretFile(join(platform.config.dataDir, 'owner-token'), newApiToken);
  const tokenHash = hashSecret(token);
  await platform.database.identityTransaction(async (tx) => {
    await deleteOtherLocalTokens(tx, tokenHash);
    await insertToken(tx, {
      id: newId(),
      tokenHash,
      name: 'Local command line',
      scope: 'admin',
      userId: user.id,
      local: true,
      createdAt: platform.clock.now(),
    });
  });
  return token;
}

const seenUser = ({ membership, userId }: Member): string | undefined =>
  membership.role === 'owner' ? undefined : userId;

function toItem(row: TokenWithUser): TokenItem {
  const { id, name, prefix, scope, projectId } = row;
  return {
    id,
    name,
    prefix,
    scope,
    projectId,
    user: { id: row.userId, name: row.userName },
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
