import type { Role } from '../../api/types.ts';

/** The roles in a project, from least to most, in words. */
export const ROLES: Record<Role, { name: string; meaning: string }> = {
  viewer: { name: 'Viewer', meaning: 'Reads everything and asks questions.' },
  editor: {
    name: 'Editor',
    meaning: 'Reads everything, tracks repositories, adds documents and decides on technologies.',
  },
  owner: { name: 'Owner', meaning: 'Does all that, invites people, gives roles and changes settings.' },
};

export const ROLE_IDS = Object.keys(ROLES) as Role[];
