import {
  addUser,
  checkPassword,
  findUserByEmail,
  hashPassword,
  hashSecret,
  type Member,
  newSecret,
  type OpenedSession,
  openSession,
  refuseGuessable,
  requireCode,
  takeCode,
} from '#features/identity/index.ts';
import { type Caller, recordIdentityActivity, type Tx, type Visit } from '#platform/context/index.ts';
import { appError, notFound } from '#platform/errors/index.ts';
import { newId } from '#platform/ids/index.ts';
import type { AcceptInvitationInput, CreateInvitationInput, InvitationItem } from './schema.ts';
import {
  deleteInvitation,
  insertMember,
  selectInvitationByCode,
  selectInvitations,
  selectMember,
  upsertInvitation,
} from './store.ts';
import type { InvitationRow } from './tables.ts';

const VALID_DAYS = 7;
const DAY_MS = 86_400_000;
const MIN_PASSWORD_CHARACTERS = 10;
const MAX_PASSWORD_CHARACTERS = 200;

/** Invites an address. There is no mail server: the owner passes the path on, which is shown only here. */
export async function invite(
  member: Member,
  input: CreateInvitationInput,
): Promise<InvitationItem & { path: string }> {
  const { platform, membership } = member;
  const { projectId } = membership;
  const email = input.email.trim().toLowerCase();
  const code = newSecret();
  const now = platform.clock.now();
  const row: InvitationRow = {
    id: newId(),
    projectId,
    email,
    role: input.role,
    codeHash: hashSecret(code),
    invitedBy: member.actor.name,
    createdAt: now,
    expiresAt: new Date(now.getTime() + VALID_DAYS * DAY_MS),
  };
  await platform.database.identityTransaction(async (tx) => {
    const user = await findUserByEmail(tx, email);
    if (user && (await selectMember(tx, projectId, user.id))) {
      throw appError('already-member', 409, `${email} is a member of this project already.`);
    }
    await upsertInvitation(tx, row);
    await recordIdentityActivity(tx, member, projectId, {
      action: 'projects.invite',
      subjectKind: 'invitation',
      subjectId: row.id,
      after: { email, role: row.role },
    });
  });
  return { ...toItem(row), path: `/invitation?code=${code}` };
}

/** The invitations that nobody has accepted yet. */
export async function listInvitations(member: Member): Promise<InvitationItem[]> {
  const { platform, membership } = member;
  const rows = await platform.database.identityTransaction(
    (tx) => selectInvitations(tx, membership.projectId, platform.clock.now()),
    { readOnly: true },
  );
  return rows.map(toItem);
}

/** Takes an invitation back: its link is worth nothing from now on. */
export async function withdrawInvitation(member: Member, id: string): Promise<void> {
  const { projectId } = member.membership;
  await member.platform.database.identityTransaction(async (tx) => {
    const row = await deleteInvitation(tx, projectId, id);
    if (!row) throw notFound('invitation', id);
    await recordIdentityActivity(tx, member, projectId, {
      action: 'projects.withdrawInvitation',
      subjectKind: 'invitation',
      subjectId: id,
      before: { email: row.email, role: row.role },
    });
  });
}

/** What the bearer of an invitation is invited to. Throws AppError 404 `invitation-unknown`. */
export async function readInvitation({ platform }: Visit, code: string) {
  return platform.database.identityTransaction(
    async (tx) => {
      const { invitation, project } = await open(tx, platform, code);
      return {
        email: invitation.email,
        role: invitation.role,
        project: { slug: project.slug, name: project.name },
        hasAccount: (await findUserByEmail(tx, invitation.email)) !== undefined,
      };
    },
    { readOnly: true },
  );
}

/**
 * Accepts an invitation and signs in. Who is signed in as the invited person needs nothing else; who has an
 * account gives its password; who has none chooses a name and a password.
 */
export async function acceptInvitation(
  visit: Visit,
  input: AcceptInvitationInput,
  browser: { caller: Caller | null; before: string | undefined },
): Promise<OpenedSession> {
  const { database } = visit.platform;
  const { email, user: known } = await database.identityTransaction(
    async (tx) => {
      const { invitation } = await open(tx, visit.platform, input.code);
      return { email: invitation.email, user: await findUserByEmail(tx, invitation.email) };
    },
    { readOnly: true },
  );
  const isSignedIn = known !== undefined && browser.caller?.userId === known.id && !!browser.caller.sessionId;
  if (known && !isSignedIn) {
    const user = await checkPassword(visit, email, needed(input.password, 'password'));
    if (user.totpSecret !== null) await requireCode(visit, user, input.secondFactor);
  }
  const newcomer = known ? undefined : await describeNewcomer(email, input);
  return database.identityTransaction(async (tx) => {
    const { invitation, project } = await open(tx, visit.platform, input.code);
    if (known && !isSignedIn) await takeCode(tx, visit, known, input.secondFactor);
    const user = known ?? (newcomer && (await addUser(tx, newcomer)));
    if (!user || !(await deleteInvitation(tx, project.id, invitation.id))) throw unknownInvitation();
    await join(tx, visit, user, invitation);
    return openSession(tx, visit, user, { way: 'invitation', before: browser.before });
  });
}

async function join(
  tx: Tx,
  visit: Visit,
  user: { id: string; name: string },
  { projectId, role, email }: InvitationRow,
): Promise<void> {
  const addedAt = visit.platform.clock.now();
  await insertMember(tx, { projectId, userId: user.id, role, source: 'person', addedAt });
  const actor = { kind: 'user', id: user.id, name: user.name, address: visit.address } as const;
  await recordIdentityActivity(tx, { platform: visit.platform, actor }, projectId, {
    action: 'projects.acceptInvitation',
    subjectKind: 'user',
    subjectId: user.id,
    after: { email, role },
  });
}

async function describeNewcomer(email: string, input: AcceptInvitationInput) {
  const name = needed(input.name, 'name').trim();
  const password = needed(input.password, 'password');
  if (password.length < MIN_PASSWORD_CHARACTERS || password.length > MAX_PASSWORD_CHARACTERS) {
    throw appError(
      'password-length',
      422,
      `A password has ${MIN_PASSWORD_CHARACTERS} to ${MAX_PASSWORD_CHARACTERS} characters.`,
    );
  }
  refuseGuessable({ email, name }, password);
  return { email, name, passwordHash: await hashPassword(password) };
}

async function open(tx: Tx, platform: Visit['platform'], code: string) {
  const found = await selectInvitationByCode(tx, hashSecret(code), platform.clock.now());
  if (!found) throw unknownInvitation();
  return found;
}

function needed(value: string | undefined, name: string): string {
  if (value !== undefined) return value;
  throw appError('invalid-request', 400, `To accept this invitation a ${name} is needed.`);
}

function unknownInvitation(): Error {
  return appError('invitation-unknown', 404, 'This invitation was used, taken back, or is too old.', {
    remedy: 'Ask for a new one.',
  });
}

function toItem(row: InvitationRow): InvitationItem {
  const { id, email, role, invitedBy } = row;
  return {
    id,
    email,
    role,
    invitedBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}
