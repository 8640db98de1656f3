const KEY = 'project';
const PARAMETER = 'project';

/**
 * The project that this tab works in, by its name in addresses. Null: the server chooses. It is the tab's own, so
 * that two tabs can show two projects; a new tab begins with the one that was chosen last.
 */
let chosen = readChoice();

function readChoice(): string | null {
  const asked = new URLSearchParams(window.location.search).get(PARAMETER);
  if (asked) return asked;
  try {
    return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
    return null;
  }
}

export const chosenProject = (): string | null => chosen;

/** Keeps this tab in a project, whatever other projects its user joins or leaves later. */
export function keepProject(slug: string | null): void {
  chosen = slug;
  try {
    if (slug === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, slug);
  } catch {
    // As above.
  }
}

/** Goes to another project with a whole new page, so that nothing of this one stays in memory. */
export function switchProject(slug: string | null, path = '/'): void {
  keepProject(slug);
  try {
    if (slug === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, slug);
  } catch {
    // As above.
  }
  window.location.assign(path);
}

/** The address of something in the project, for what can't send a header: event streams and downloads. */
export function inProject(path: string): string {
  if (chosen === null) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${PARAMETER}=${encodeURIComponent(chosen)}`;
}
