import { loadModule, type Node, parsePlPgSQLSync, parseSync, type RawStmt } from 'libpg-query';
import { judgeStatement } from './judge-statement.ts';
import { type Judgement, refuse } from './judge-table-change.ts';
import { emptySchema, type KnownSchema, learn } from './known-schema.ts';

export interface MigrationFile {
  name: string;
  sql: string;
}

export interface Finding extends Judgement {
  file: string;
  line: number;
}

// Somebody has looked at the statement that follows and says why the running version can live with it.
const WAIVER = /^\s*-- compatible because: \S.*$/m;

/**
 * Reads migrations in their order and finds what those that are marked compatible do to the version that still
 * runs while they are applied. A breaking one may do anything, but its statements must be able to run.
 */
export async function lintMigrations(files: readonly MigrationFile[]): Promise<Finding[]> {
  await loadModule();
  const schema = emptySchema();
  return files.flatMap((file, at) => [...lintOrder(file, files[at - 1]), ...lintFile(file, schema)]);
}

function lintOrder({ name }: MigrationFile, before: MigrationFile | undefined): Finding[] {
  const expected = before ? Number(before.name.slice(0, 4)) + 1 : 1;
  if (/^\d{4}_[a-z0-9_]+\.sql$/.test(name) && Number(name.slice(0, 4)) === expected) return [];
  const next = String(expected).padStart(4, '0');
  return [{ file: name, line: 1, ...refuse('name', `Expected ${next}_what_it_does.sql here.`) }];
}

function lintFile({ name: file, sql }: MigrationFile, schema: KnownSchema): Finding[] {
  const [mark = ''] = sql.split('\n', 1);
  if (mark !== '-- compatible' && mark !== '-- breaking') {
    const message = 'The first line has to be "-- compatible" or "-- breaking".';
    return [{ file, line: 1, ...refuse('mark', message) }];
  }
  schema.made.clear();
  const found: Finding[] = [];
  try {
    // The parser counts bytes.
    const bytes = Buffer.from(sql);
    let before = 0;
    for (const raw of parseSync(sql).stmts ?? []) {
      const { statement, text, line, end } = locate(raw, bytes, before);
      before = end;
      if (!statement) continue;
      const judged = mark === '-- breaking' ? [] : judge(statement, text, schema);
      for (const one of [...judgeRunnable(statement), ...judged]) found.push({ file, line, ...one });
      learn(schema, statement);
    }
  } catch (error) {
    found.push({
      file,
      line: 1,
      ...refuse('syntax', `PostgreSQL can't read it: ${(error as Error).message}.`),
    });
  }
  return found;
}

interface Located {
  statement: Node | undefined;
  /** With the comments that stand before it. */
  text: string;
  line: number;
  end: number;
}

function locate(raw: RawStmt, bytes: Buffer, from: number): Located {
  const end = raw.stmt_len ? (raw.stmt_location ?? 0) + raw.stmt_len : bytes.length;
  const text = bytes.subarray(from, end).toString();
  const before = /^(;|\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0] ?? '';
  const line = bytes.subarray(0, from).toString().split('\n').length + before.split('\n').length - 1;
  return { statement: raw.stmt, text, line, end };
}

function judge(statement: Node, text: string, schema: KnownSchema): Judgement[] {
  if (WAIVER.test(text)) return [];
  return 'DoStmt' in statement ? judgeBlock(text, schema) : judgeStatement(statement, schema);
}

/** What can't run, because each migration runs in one transaction of its own. */
function judgeRunnable(statement: Node): Judgement[] {
  const concurrent =
    ('IndexStmt' in statement && statement.IndexStmt.concurrent) ||
    ('DropStmt' in statement && statement.DropStmt.concurrent);
  if (!concurrent && !('TransactionStmt' in statement)) return [];
  const what = concurrent ? '"concurrently" is' : 'begin, commit and savepoints are';
  return [refuse('transaction', `A migration runs in one transaction, so ${what} not possible in it.`)];
}

/** Looks into a `do` block; what it puts together as text at run time can't be looked into. */
function judgeBlock(text: string, schema: KnownSchema): Judgement[] {
  const found: Judgement[] = [];
  for (const { query, dynamic } of queriesIn(parsePlPgSQLSync(text), false)) {
    const literal = /^'((?:[^']|'')*)'$/.exec(query)?.[1]?.replaceAll("''", "'");
    if (dynamic && literal === undefined) {
      found.push(
        refuse('dynamic', 'What this block executes is put together when it runs and can’t be judged.'),
      );
      continue;
    }
    for (const { stmt } of parseSync(literal ?? query).stmts ?? []) {
      if (stmt) found.push(...judgeStatement(stmt, schema));
    }
  }
  return found;
}

interface BlockQuery {
  query: string;
  dynamic: boolean;
}

/** The statements of a parsed block: `execute` is dynamic; conditions and assignments read only. */
function queriesIn(value: unknown, executed: boolean): BlockQuery[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'PLpgSQL_stmt_execsql') return queriesIn(inner, true);
    if (key === 'PLpgSQL_stmt_dynexecute' || key === 'PLpgSQL_stmt_dynfors') {
      const { query, body } = inner as { query?: { PLpgSQL_expr?: { query?: string } }; body?: unknown };
      return [{ query: query?.PLpgSQL_expr?.query ?? '', dynamic: true }, ...queriesIn(body, false)];
    }
    if (key === 'PLpgSQL_stmt_perform') return queriesIn(inner, true);
    if (key === 'PLpgSQL_expr') {
      return executed ? [{ query: (inner as { query?: string }).query ?? '', dynamic: false }] : [];
    }
    return queriesIn(inner, executed && key !== 'body');
  });
}
