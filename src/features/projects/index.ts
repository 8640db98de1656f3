export { applyGroupRoles, rolesOfGroups } from './group-roles.ts';
export { acceptInvitation } from './invitations.ts';
export { acceptInvitationBody } from './schema.ts';
export { type DefaultProject, ensureDefaultProject } from './service.ts';
