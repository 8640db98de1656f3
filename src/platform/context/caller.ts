import type { Actor, Platform, Role } from './platform.ts';

/** A request of which nobody knows yet who sends it, such as one to sign in. */
export interface Visit {
  readonly platform: Platform;
  readonly address: string;
  readonly userAgent: string | null;
}

/** A project and what somebody may do in it. */
export interface Membership {
  readonly projectId: string;
  readonly slug: string;
  readonly name: string;
  readonly role: Role;
}

/** A person who is signed in, or a token that acts for one; what is not about one project starts from it. */
export interface Caller extends Visit {
  readonly actor: Actor;
  readonly userId: string;
  /** Whether the caller may look after the installation: make projects, see and disable users. */
  readonly admin: boolean;
  /** The browser session that the request came with; null for tokens. */
  readonly sessionId: string | null;
  /** The project that the request chose, or the first one of the caller; null if there is none for it. */
  readonly membership: Membership | null;
}
