export { createIdentity, type Identity, type Principal } from './service.ts';
