/** What nginx says of itself where no answer of the API can be passed on: the same headers and problems. */

/** As src/server/plugins/headers.ts has them; a test compares the two. */
const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';manifest-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  'Permissions-Policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Frame-Options': 'DENY',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
};

/** The security headers, each with the name that nginx has for what an upstream sent. */
export const securityHeaders: readonly { name: string; value: string; variable: string }[] = Object.entries(
  headers,
).map(([name, value]) => ({ name, value, variable: name.toLowerCase().replaceAll('-', '_') }));

export const HSTS = 'max-age=31536000';

/** What nginx refuses or can't do itself, by status. */
export const problems = [
  {
    status: 404,
    code: 'not-found',
    title: 'There is nothing at this address.',
    remedy: 'Look at the address; after an update load the page again.',
  },
  {
    status: 405,
    code: 'method-not-allowed',
    title: 'What is at this address can only be read.',
    remedy: 'The API page at /api/docs shows what is expected.',
  },
  {
    status: 413,
    code: 'too-large',
    title: 'The request is larger than this server accepts.',
    remedy: 'Send it in smaller parts.',
  },
  {
    status: 429,
    code: 'too-many-requests',
    title: 'There were too many requests from this address at once.',
    remedy: 'Go on in a second.',
  },
  {
    status: 500,
    code: 'internal',
    title: 'Something went wrong in the web server.',
    remedy: 'Look for the request id in its log.',
  },
  {
    status: 502,
    code: 'unavailable',
    title: 'The server behind this address does not answer.',
    remedy: 'Try again in some seconds. A change may have been made: look before it is sent again.',
  },
  {
    status: 503,
    code: 'unavailable',
    title: 'The server can not take the request now.',
    remedy: 'Try again in some seconds.',
  },
  {
    status: 504,
    code: 'timed-out',
    title: 'The server did not answer in time.',
    remedy: 'Try again in some seconds. A change may have been made: look before it is sent again.',
  },
] as const;

/** Told to who asks for a name that is not this installation's. */
export const UNKNOWN_HOST = JSON.stringify({
  type: 'urn:commandcenter:problem:host-refused',
  title: 'Requests for this host name are not answered here.',
  status: 421,
  code: 'host-refused',
  remedy: 'Use the address of the installation.',
});
