/** How often one address may ask: so many requests a second, and so many more at once. */
export interface RequestRate {
  rate: number;
  burst: number;
}

export interface EdgeLimits {
  /** Where passwords, codes and links are tried. */
  signIn: RequestRate;
  api: RequestRate;
  /** Files that another server is asked for. */
  files: RequestRate;
  /** Requests of one address that may be under way at once, streams among them. */
  connections: number;
}

export interface TlsOptions {
  /** Beside nginx.conf, or absolute. */
  certificate: string;
  certificateKey: string;
  /** Where a certificate authority's challenges lie, below `.well-known/acme-challenge`. */
  acmeRoot: string;
  /** The port that callers reach TLS at from outside. */
  publicPort: number;
  /** The address of a name server: staples what the certificate's authority says of it (OCSP). */
  staplingResolver?: string;
}

/** What a rendered nginx.conf is to do; everything that has a default may be left out. */
export interface NginxOptions {
  /** With it plain HTTP only leads to HTTPS and answers certificate authorities. */
  tls: boolean | Partial<TlsOptions>;
  /** `local`: the web application lies in `filesRoot`. `proxy`: the upstream `web` is asked for it. */
  files: 'local' | 'proxy';
  /** The names that are answered; any name if there is none. */
  serverNames?: readonly string[];
  /** Addresses or networks of proxies before this one, whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  trustedProxies?: readonly string[];
  limits?: Partial<EdgeLimits> | false;
  /** Ports, or addresses with ports. `status` is for health checks and monitoring and is not published. */
  listen?: Partial<{ http: string; https: string; status: string }>;
  /** The file that renderUpstreams makes; beside nginx.conf, or absolute. */
  upstreams?: string;
  filesRoot?: string;
  /** Larger than UPLOAD_MAX_MEGABYTES, because a form is more than its file. */
  maxBodyMegabytes?: number;
  workers?: number;
  accessLog?: string;
  tempFolder?: string;
}

const tlsDefaults: TlsOptions = {
  certificate: 'tls/fullchain.pem',
  certificateKey: 'tls/privkey.pem',
  acmeRoot: '/etc/nginx/commandcenter/acme',
  publicPort: 443,
};

const limitDefaults: EdgeLimits = {
  signIn: { rate: 10, burst: 20 },
  // A page asks for some ten things at once, and an office has one address.
  api: { rate: 50, burst: 100 },
  files: { rate: 100, burst: 300 },
  connections: 500,
};

/** The options with everything that was left out. */
export function withDefaults(options: NginxOptions) {
  const { tls, limits, listen } = options;
  return {
    serverNames: [],
    trustedProxies: [],
    upstreams: 'upstreams.conf',
    filesRoot: '/usr/share/nginx/html',
    maxBodyMegabytes: 60,
    workers: 4,
    accessLog: '/dev/stdout',
    tempFolder: '/tmp',
    ...options,
    tls: tls === false ? (false as const) : { ...tlsDefaults, ...(tls === true ? {} : tls) },
    limits: limits === false ? (false as const) : { ...limitDefaults, ...limits },
    listen: { http: '8080', https: '8443', status: '8081', ...listen },
  };
}
