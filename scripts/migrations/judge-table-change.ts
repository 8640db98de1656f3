import type { AlterTableCmd, AlterTableStmt, AlterTableType, ColumnDef, Constraint, Node } from 'libpg-query';
import {
  type ColumnType,
  constraintsOf,
  hasDefault,
  isMade,
  type KnownSchema,
  lastText,
  nameOf,
  texts,
  typeOf,
} from './known-schema.ts';

/** What is wrong with a statement: refused, or only worth a thought. */
export interface Judgement {
  level: 'refused' | 'warning';
  rule: string;
  message: string;
}

export const refuse = (rule: string, message: string): Judgement => ({ level: 'refused', rule, message });
export const warn = (rule: string, message: string): Judgement => ({ level: 'warning', rule, message });

/** Changes of a table that neither the running version nor its speed notices. */
const HARMLESS = new Set<AlterTableType>([
  'AT_ValidateConstraint',
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetStorage',
  'AT_SetCompression',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_ReplicaIdentity',
  'AT_NoForceRowSecurity',
  'AT_EnableTrig',
]);

/** Judges `alter table` (and index, view, sequence) as the running version would meet it. */
export function judgeTableChange(statement: AlterTableStmt, schema: KnownSchema): Judgement[] {
  const table = nameOf(statement.relation);
  if (isMade(schema, 'table', table)) return [];
  return (statement.cmds ?? []).flatMap((node) =>
    'AlterTableCmd' in node ? judgeChange(table, node.AlterTableCmd, schema) : [],
  );
}

function judgeChange(table: string, change: AlterTableCmd, schema: KnownSchema): Judgement[] {
  const { subtype, name = '', def } = change;
  const column = `${table}.${name}`;
  if (subtype === undefined || HARMLESS.has(subtype)) return [];
  if (isMade(schema, 'column', column) || isMade(schema, 'constraint', column)) return [];
  if (subtype === 'AT_DropColumn') {
    return [refuse('drop-column', `${column} is dropped while the running version may still use it.`)];
  }
  if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) return judgeNewColumn(table, def.ColumnDef);
  if (subtype === 'AT_AddConstraint' && def && 'Constraint' in def) {
    return judgeNewConstraint(table, def.Constraint, schema);
  }
  if (subtype === 'AT_DropConstraint') return judgeDroppedConstraint(column, schema);
  if (subtype === 'AT_AlterColumnType' && def && 'ColumnDef' in def) {
    const wider = isWidening(schema.columns.get(column)?.type, typeOf(def.ColumnDef.typeName));
    return wider ? [] : [refuse('column-type', `The type of ${column} changes under the running version.`)];
  }
  if (subtype === 'AT_SetNotNull') {
    return schema.columns.get(column)?.hasDefault
      ? [warn('lock', `${table} is read whole under a lock to see that ${name} is never null.`)]
      : [refuse('set-not-null', `The running version may write no value into ${column}.`)];
  }
  if (subtype === 'AT_DropNotNull') {
    return [warn('drop-not-null', `The running version may read null from ${column} and not expect it.`)];
  }
  if (subtype === 'AT_ColumnDefault') {
    const message = `The running version may rely on the default of ${column}.`;
    return def === undefined ? [refuse('drop-default', message)] : [];
  }
  if (subtype === 'AT_EnableRowSecurity' || subtype === 'AT_ForceRowSecurity') {
    return [refuse('narrow-policy', `Row-level security hides rows of ${table} from the running version.`)];
  }
  return [refuse('table-change', `What ${subtype} does to ${table} isn't known to be harmless.`)];
}

function judgeNewColumn(table: string, column: ColumnDef): Judgement[] {
  const name = column.colname ?? '';
  const found: Judgement[] = [];
  const constraints = constraintsOf(column);
  const has = (kind: Constraint['contype']): boolean => constraints.some(({ contype }) => contype === kind);
  if (has('CONSTR_NOTNULL') && !hasDefault(column)) {
    found.push(refuse('not-null-column', `The running version writes no value into ${table}.${name}.`));
  }
  if (has('CONSTR_UNIQUE') || has('CONSTR_PRIMARY')) {
    found.push(refuse('unique', `A unique index on ${table} is built under a lock that stops all writes.`));
  }
  const checks = constraints.filter(({ contype }) => contype === 'CONSTR_CHECK');
  if (checks.some(({ raw_expr }) => columnsIn(raw_expr).some((other) => other !== name))) {
    found.push(
      refuse('check', `The check of ${table}.${name} limits columns that the running version writes.`),
    );
  }
  const rewrites =
    has('CONSTR_GENERATED') ||
    has('CONSTR_IDENTITY') ||
    /^(small|big)?serial[248]?$/.test(typeOf(column.typeName).name) ||
    constraints.some(({ contype, raw_expr }) => contype === 'CONSTR_DEFAULT' && isVolatile(raw_expr));
  if (rewrites) {
    found.push(
      refuse('rewrite', `Filling ${table}.${name} rewrites the table under a lock that stops everything.`),
    );
  }
  return found;
}

function judgeNewConstraint(table: string, constraint: Constraint, schema: KnownSchema): Judgement[] {
  const { contype, conname = 'constraint', skip_validation, indexname } = constraint;
  const named = `${conname} on ${table}`;
  if (contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_EXCLUSION') {
    const held = indexname !== undefined && schema.uniqueIndexes.has(indexname);
    if (held && contype === 'CONSTR_UNIQUE' && !isMade(schema, 'index', indexname)) return [];
    return [refuse('unique', `${named} refuses rows that the running version may write.`)];
  }
  if (!skip_validation) {
    return [
      refuse(
        'check',
        `${named} reads the table under a lock, and refuses what may be there: add it not valid.`,
      ),
    ];
  }
  return [warn('check', `${named} must hold for everything that the running version writes.`)];
}

function judgeDroppedConstraint(name: string, schema: KnownSchema): Judgement[] {
  const kind = schema.constraints.get(name);
  if (kind === 'CONSTR_CHECK' || kind === 'CONSTR_FOREIGN') {
    return [warn('drop-constraint', `The running version may read rows that ${name} has refused until now.`)];
  }
  return [
    refuse('drop-constraint', `The running version may rely on ${name}, in "on conflict" for instance.`),
  ];
}

/** Whether every value of the old type is one of the new, stored and read alike, so that nothing is rewritten. */
function isWidening(from: ColumnType | undefined, to: ColumnType): boolean {
  if (!from || from.array !== to.array) return false;
  const same = from.name === to.name;
  if (from.name === 'varchar') {
    if (to.name === 'text') return true;
    return same && fits(from.modifiers[0], to.modifiers[0]);
  }
  if (from.name === 'varbit') return same && fits(from.modifiers[0], to.modifiers[0]);
  if (from.name === 'numeric' && same) {
    if (to.modifiers.length === 0) return true;
    return fits(from.modifiers[0], to.modifiers[0]) && (from.modifiers[1] ?? 0) === (to.modifiers[1] ?? 0);
  }
  return false;
}

function fits(from: number | undefined, to: number | undefined): boolean {
  return to === undefined || (from !== undefined && to >= from);
}

function columnsIn(expression: Node | undefined): string[] {
  return nodesIn(expression, 'ColumnRef').map((node) =>
    'ColumnRef' in node ? lastText(node.ColumnRef.fields) : '',
  );
}

// Evaluated once for all rows; any other function may give each row its own value, which is then written.
const STABLE = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'current_setting']);

function isVolatile(expression: Node | undefined): boolean {
  return nodesIn(expression, 'FuncCall').some(
    (node) => 'FuncCall' in node && !STABLE.has(texts(node.FuncCall.funcname).at(-1) ?? ''),
  );
}

/** Every node of one kind anywhere in an expression. */
function nodesIn(value: unknown, kind: string): Node[] {
  if (Array.isArray(value)) return value.flatMap((one) => nodesIn(one, kind));
  if (typeof value !== 'object' || value === null) return [];
  const here = kind in value ? [value as Node] : [];
  return [...here, ...Object.values(value).flatMap((one) => nodesIn(one, kind))];
}
