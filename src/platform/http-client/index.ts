export { isPublicAddress } from './addresses.ts';
export type { Resolve } from './connector.ts';
export {
  createHttpClient,
  type FetchedResponse,
  type FetchOptions,
  type HttpClient,
  parseTarget,
} from './http-client.ts';
