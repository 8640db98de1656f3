export { type Identity, createIdentity, type Principal } from './service.ts';
