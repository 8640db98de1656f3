/**
 * Finds where the keys and array elements of a TOML file stand, which its parser does not tell. The file must
 * be valid (a parser has read it), so this only has to know where keys, strings and brackets begin and end.
 * Offsets are by path, joined with NUL: `tool\0poetry\0dependencies\0django`, `package\0` + `0\0name`.
 */
export function locateToml(text: string): Map<string, number> {
  const walker = new TomlWalker(text);
  walker.walk();
  return walker.offsets;
}

class TomlWalker {
  readonly offsets = new Map<string, number>();
  private readonly text: string;
  private at = 0;
  /** How many tables an array of tables has so far, by its path. */
  private readonly tables = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
  }

  walk(): void {
    let table: string[] = [];
    for (this.skipBlank(true); this.at < this.text.length; this.skipBlank(true)) {
      if (this.peek() === '[') table = this.header();
      else this.entry(table);
    }
  }

  private header(): string[] {
    const start = this.at;
    const isArray = this.text.startsWith('[[', this.at);
    this.at += isArray ? 2 : 1;
    const keys = this.keyPath();
    this.skipBlank(false);
    this.at += isArray ? 2 : 1;
    const path: string[] = [];
    for (const [index, key] of keys.entries()) {
      path.push(key);
      const joined = path.join('\0');
      const count = this.tables.get(joined) ?? 0;
      if (isArray && index === keys.length - 1) {
        this.tables.set(joined, count + 1);
        path.push(String(count));
      } else if (count > 0) {
        path.push(String(count - 1));
      }
    }
    this.note(path, start);
    return path;
  }

  private entry(table: readonly string[]): void {
    const start = this.at;
    const keys = this.keyPath();
    const path = [...table, ...keys];
    this.note(path, start);
    // A dotted key makes tables on its way; the first one to do so is where they begin.
    for (let length = table.length + 1; length < path.length; length += 1)
      this.note(path.slice(0, length), start);
    this.skipBlank(false);
    if (this.peek() === '=') this.at += 1;
    this.skipBlank(false);
    this.value(path);
    // Always moves on, whatever was there.
    if (this.at === start) this.at += 1;
  }

  private note(path: readonly string[], offset: number): void {
    const key = path.join('\0');
    if (!this.offsets.has(key)) this.offsets.set(key, offset);
  }

  private keyPath(): string[] {
    const keys: string[] = [];
    for (;;) {
      this.skipBlank(false);
      const quote = this.peek();
      if (quote === '"' || quote === "'") keys.push(this.string());
      else {
        const start = this.at;
        while (/[\w-]/.test(this.peek())) this.at += 1;
        keys.push(this.text.slice(start, this.at));
      }
      this.skipBlank(false);
      if (this.peek() !== '.') return keys;
      this.at += 1;
    }
  }

  private value(path: readonly string[]): void {
    const first = this.peek();
    if (first === '"' || first === "'") this.string();
    else if (first === '[') this.array(path);
    else if (first === '{') this.inlineTable(path);
    else while (this.at < this.text.length && !/[,\]}\n\r#]/.test(this.peek())) this.at += 1;
  }

  private array(path: readonly string[]): void {
    this.at += 1;
    for (let index = 0; ; index += 1) {
      this.skipBlank(true);
      if (this.peek() === ']' || this.peek() === '') break;
      const start = this.at;
      this.note([...path, String(index)], start);
      this.value([...path, String(index)]);
      this.skipBlank(true);
      if (this.peek() === ',') this.at += 1;
      if (this.at === start) break;
    }
    this.at += 1;
  }

  private inlineTable(path: readonly string[]): void {
    this.at += 1;
    for (;;) {
      this.skipBlank(true);
      if (this.peek() === '}' || this.peek() === '') break;
      const start = this.at;
      this.entry(path);
      this.skipBlank(true);
      if (this.peek() === ',') this.at += 1;
      if (this.at === start) break;
    }
    this.at += 1;
  }

  /** Passes over a string of any of the four kinds and returns what is between its quotes. */
  private string(): string {
    const quote = this.peek();
    const triple = quote.repeat(3);
    const isLong = this.text.startsWith(triple, this.at);
    const delimiter = isLong ? triple : quote;
    this.at += delimiter.length;
    const start = this.at;
    while (this.at < this.text.length && !this.text.startsWith(delimiter, this.at)) {
      this.at += quote === '"' && this.peek() === '\\' ? 2 : 1;
    }
    const content = this.text.slice(start, this.at);
    this.at += delimiter.length;
    // A long string may end with one or two quotes of its own.
    while (isLong && this.peek() === quote) this.at += 1;
    return content;
  }

  private skipBlank(overLines: boolean): void {
    for (;;) {
      const character = this.peek();
      if (character === ' ' || character === '\t') this.at += 1;
      else if (overLines && (character === '\n' || character === '\r')) this.at += 1;
      else if (overLines && character === '#')
        while (this.at < this.text.length && this.peek() !== '\n') this.at += 1;
      else return;
    }
  }

  private peek(): string {
    return this.text[this.at] ?? '';
  }
}
