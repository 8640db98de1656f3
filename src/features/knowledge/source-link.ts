const HOSTS: Record<string, (commit: string, path: string) => string> = {
  'github.com': (commit, path) => `blob/${commit}/${path}`,
  'gitlab.com': (commit, path) => `-/blob/${commit}/${path}`,
  'bitbucket.org': (commit, path) => `src/${commit}/${path}`,
  'codeberg.org': (commit, path) => `src/commit/${commit}/${path}`,
};

/** Where a file can be looked at on the host of its repository; null for a host whose pages aren't known. */
export function linkToSource(location: string, commit: string, path: string): string | null {
  const match =
    /^(?:https:\/\/|ssh:\/\/(?:[^@/]+@)?|[^@/:]+@)([\w.-]+)(?::\d+)?[/:]([^?#]+?)(?:\.git)?\/?$/.exec(
      location,
    );
  const [, host, repository] = match ?? [];
  const page = host === undefined ? undefined : HOSTS[host.toLowerCase()];
  if (!page) return null;
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  return `https://${host?.toLowerCase()}/${repository}/${page(commit, encoded)}`;
}
