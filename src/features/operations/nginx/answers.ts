import { SECURITY_HEADERS } from '#platform/http/index.ts';

/** What nginx says of itself where no answer of the API can be passed on: the same headers and problems. */

/** The security headers, each with the name that nginx has for what an upstream sent. */
export const securityHeaders: readonly { name: string; value: string; variable: string }[] = Object.entries(
  SECURITY_HEADERS,
).map(([name, value]) => ({ name, value, variable: name.toLowerCase().replaceAll('-', '_') }));

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
