import { isIP } from 'node:net';
import { appError } from '#platform/errors/index.ts';
import type { NginxOptions } from './options.ts';
import { withDefaults } from './options.ts';

// What can't end a directive of nginx's language and begin another.
const NAME = /^(\*\.)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i;
const PATH = /^[A-Za-z0-9._/-]+$/;
const LISTEN = /^([0-9.]+:|\[[0-9a-f:]+\]:)?\d{1,5}$/i;
const RESOLVER = /^[A-Za-z0-9.:[\]-]+$/;

/** Throws AppError `nginx-option-invalid` for a value that nginx would not take, or take for something else. */
export function checkNginxOptions(options: NginxOptions): void {
  const all = withDefaults(options);
  const { tls, limits, listen } = all;
  for (const name of all.serverNames) insist(NAME.test(name), 'serverNames', name);
  for (const network of all.trustedProxies) insist(isNetwork(network), 'trustedProxies', network);
  for (const [key, value] of Object.entries(listen)) insist(LISTEN.test(value), `listen.${key}`, value);
  for (const key of ['upstreams', 'filesRoot', 'accessLog', 'tempFolder'] as const)
    insist(PATH.test(all[key]), key, all[key]);
  requireCount('maxBodyMegabytes', all.maxBodyMegabytes);
  requireCount('workers', all.workers);
  if (tls) {
    for (const key of ['certificate', 'certificateKey', 'acmeRoot'] as const)
      insist(PATH.test(tls[key]), `tls.${key}`, tls[key]);
    requireCount('tls.publicPort', tls.publicPort);
    const { staplingResolver } = tls;
    if (staplingResolver !== undefined)
      insist(RESOLVER.test(staplingResolver), 'tls.staplingResolver', staplingResolver);
  }
  if (!limits) return;
  requireCount('limits.connections', limits.connections);
  for (const key of ['signIn', 'api', 'files'] as const) {
    requireCount(`limits.${key}.rate`, limits[key].rate);
    requireCount(`limits.${key}.burst`, limits[key].burst);
  }
}

function requireCount(option: string, value: number): void {
  insist(Number.isInteger(value) && value > 0, option, String(value));
}

function insist(valid: boolean, option: string, value: string): void {
  if (valid) return;
  throw appError('nginx-option-invalid', 400, `${JSON.stringify(value)} can't be ${option} of nginx.`, {
    remedy: 'See docs/nginx.md for what it may be.',
  });
}

function isNetwork(entry: string): boolean {
  const [address = '', bits, ...more] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
