const SIGN_IN = '/signed-out';

/** The page to go to after signing in: one of this application, never another site's. */
export function safeReturnTo(path: string | undefined): string {
  if (!path || !URL.canParse(path, window.location.origin)) return '/';
  const url = new URL(path, window.location.origin);
  if (url.origin !== window.location.origin || url.pathname === SIGN_IN) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Where this tab is, if signing in should lead back there. */
export function presentPlace(): string | undefined {
  const { pathname, search, hash } = window.location;
  return pathname === '/' || pathname === SIGN_IN ? undefined : `${pathname}${search}${hash}`;
}
