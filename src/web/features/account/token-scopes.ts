import type { Token } from '../../api/types.ts';

/** What a token may do, and the role that its maker needs. */
export const SCOPES: Record<Token['scope'], { name: string; meaning: string; roles: string[] }> = {
  read: { name: 'read', meaning: 'Reads and asks, as a viewer.', roles: ['viewer', 'editor', 'owner'] },
  write: { name: 'write', meaning: 'Also changes things, as an editor.', roles: ['editor', 'owner'] },
  admin: { name: 'admin', meaning: 'Also manages people and settings, as an owner.', roles: ['owner'] },
};
