export interface HeadingPath {
  enter(heading: { title: string; level: number }): void;
  /** The titles from the outermost heading to the present one. */
  current(): readonly string[];
}

/** Follows the headings of a document; a heading closes every one of its own level or deeper. */
export function createHeadingPath(): HeadingPath {
  let open: { title: string; level: number }[] = [];
  let titles: readonly string[] = [];
  return {
    enter(heading) {
      open = [...open.filter(({ level }) => level < heading.level), heading];
      titles = open.map(({ title }) => title);
    },
    current: () => titles,
  };
}
