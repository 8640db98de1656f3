import { readFileSync } from 'node:fs';
import { HSTS } from '#platform/http/index.ts';
import { problems, securityHeaders, UNKNOWN_HOST } from './answers.ts';
import { checkNginxOptions } from './check-options.ts';
import { fillTemplate, type TemplateValues } from './fill-template.ts';
import { type NginxOptions, withDefaults } from './options.ts';

const TEMPLATE = new URL(
  import.meta.url.endsWith('.ts')
    ? '../../../../deploy/nginx/nginx.conf.template'
    : '../../deploy/nginx/nginx.conf.template',
  import.meta.url,
);

/** Types of what the web application is made of; others are of no use to it. */
const types = [
  { extension: 'html', type: 'text/html', compressed: true },
  { extension: 'css', type: 'text/css', compressed: true },
  { extension: 'js', type: 'text/javascript', compressed: true },
  { extension: 'json', type: 'application/json', compressed: true },
  { extension: 'svg', type: 'image/svg+xml', compressed: true },
  { extension: 'webmanifest', type: 'application/manifest+json', compressed: false },
  { extension: 'txt', type: 'text/plain', compressed: false },
  { extension: 'png', type: 'image/png', compressed: false },
  { extension: 'ico', type: 'image/x-icon', compressed: false },
  { extension: 'webp', type: 'image/webp', compressed: false },
  { extension: 'woff2', type: 'font/woff2', compressed: false },
];

/** A whole nginx.conf for what the options say. Throws AppError `nginx-option-invalid`. */
export function renderNginx(options: NginxOptions): string {
  checkNginxOptions(options);
  return fillTemplate(readFileSync(TEMPLATE, 'utf8'), valuesOf(options));
}

function valuesOf(options: NginxOptions): TemplateValues {
  const { tls, files, serverNames, trustedProxies, limits, listen, ...rest } = withDefaults(options);
  const named = serverNames.length > 0;
  const precompressed = types.filter(({ compressed }) => compressed);
  return {
    ...limitValues(limits || undefined),
    ...rest,
    ...tlsValues(tls || undefined),
    httpListen: listen.http,
    httpsListen: listen.https,
    statusListen: listen.status,
    local: files === 'local',
    proxied: files === 'proxy',
    types,
    precompressed,
    compressed: precompressed.map(({ extension }) => extension).join('|'),
    headers: securityHeaders,
    hsts: HSTS,
    problems,
    unknownHost: UNKNOWN_HOST,
    named,
    serverNames: named ? serverNames.join(' ') : '_',
    defaultServer: named ? '' : ' default_server',
    behindProxy: trustedProxies.length > 0,
    trustedProxies: trustedProxies.map((network) => ({ network })),
  };
}

function limitValues(limits: ReturnType<typeof withDefaults>['limits'] | undefined): TemplateValues {
  if (!limits) return { limits: false };
  const { signIn, api, files, connections } = limits;
  return {
    limits: true,
    signInRate: signIn.rate,
    signInBurst: signIn.burst,
    apiRate: api.rate,
    apiBurst: api.burst,
    filesRate: files.rate,
    filesBurst: files.burst,
    connections,
  };
}

function tlsValues(tls: ReturnType<typeof withDefaults>['tls'] | undefined): TemplateValues {
  if (!tls) return { tls: false };
  const { certificate, certificateKey, acmeRoot, publicPort, staplingResolver } = tls;
  return {
    tls: true,
    certificate,
    certificateKey,
    acmeRoot,
    publicPort: publicPort === 443 ? '' : `:${publicPort}`,
    stapling: staplingResolver !== undefined,
    staplingResolver: staplingResolver ?? '',
  };
}
