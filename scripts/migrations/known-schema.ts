import type { ColumnDef, Constraint, ConstrType, Node, RangeVar, TypeName } from 'libpg-query';

/** A type as the rules compare it: its name without the schema, its modifiers, and whether it is an array. */
export interface ColumnType {
  name: string;
  modifiers: number[];
  array: boolean;
}

export interface KnownColumn {
  type: ColumnType;
  hasDefault: boolean;
}

/** What all migrations so far have made, as far as the rules ask for it, and what the one being read has made. */
export interface KnownSchema {
  columns: Map<string, KnownColumn>;
  /** By table and name; names that PostgreSQL gives by itself are worked out. */
  constraints: Map<string, ConstrType>;
  uniqueIndexes: Set<string>;
  indexes: Set<string>;
  /** The argument types of each function, by its name. */
  functions: Map<string, Set<string>>;
  /** Made by the migration that is being read: the running version knows nothing of it. "table x", "function f". */
  made: Set<string>;
}

export function emptySchema(): KnownSchema {
  return {
    columns: new Map(),
    constraints: new Map(),
    uniqueIndexes: new Set(),
    indexes: new Set(),
    functions: new Map(),
    made: new Set(),
  };
}

/** Whether the migration that is being read has made it. */
export function isMade(schema: KnownSchema, kind: string, name: string): boolean {
  return schema.made.has(`${kind} ${name}`);
}

export function nameOf(relation: RangeVar | undefined): string {
  return relation?.relname ?? '';
}

/** The texts of a list of identifiers. */
export function texts(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}

export function lastText(nodes: readonly Node[] | undefined): string {
  return texts(nodes).at(-1) ?? '';
}

export function typeOf(type: TypeName | undefined): ColumnType {
  const modifiers = (type?.typmods ?? []).map((node) =>
    'A_Const' in node ? (node.A_Const.ival?.ival ?? 0) : Number.NaN,
  );
  return { name: lastText(type?.names), modifiers, array: (type?.arrayBounds ?? []).length > 0 };
}

export function constraintsOf(column: ColumnDef): Constraint[] {
  return (column.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
}

export function hasDefault(column: ColumnDef): boolean {
  const filled = new Set(['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED']);
  const serial = /^(small|big)?serial[248]?$/.test(typeOf(column.typeName).name);
  return serial || constraintsOf(column).some(({ contype }) => contype !== undefined && filled.has(contype));
}

/** The argument types of a function as one text. */
export function signatureOf(parameters: readonly Node[] | undefined): string {
  return (parameters ?? [])
    .flatMap((node) => ('FunctionParameter' in node ? [node.FunctionParameter] : []))
    .filter(({ mode }) => mode !== 'FUNC_PARAM_OUT' && mode !== 'FUNC_PARAM_TABLE')
    .map(({ argType }) => {
      const { name, array } = typeOf(argType);
      return array ? `${name}[]` : name;
    })
    .join(', ');
}

/** Notes what a statement makes or changes. */
export function learn(schema: KnownSchema, statement: Node): void {
  if ('CreateStmt' in statement) {
    const table = nameOf(statement.CreateStmt.relation);
    schema.made.add(`table ${table}`);
    for (const element of statement.CreateStmt.tableElts ?? []) {
      if ('ColumnDef' in element) learnColumn(schema, table, element.ColumnDef);
      if ('Constraint' in element) learnConstraint(schema, table, element.Constraint);
    }
  } else if ('AlterTableStmt' in statement) {
    learnTableChange(schema, nameOf(statement.AlterTableStmt.relation), statement.AlterTableStmt.cmds ?? []);
  } else if ('IndexStmt' in statement) {
    const { idxname, unique } = statement.IndexStmt;
    if (!idxname) return;
    schema.made.add(`index ${idxname}`);
    schema.indexes.add(idxname);
    if (unique) schema.uniqueIndexes.add(idxname);
  } else if ('CreateFunctionStmt' in statement) {
    const name = lastText(statement.CreateFunctionStmt.funcname);
    const known = schema.functions.get(name) ?? new Set();
    if (known.size === 0) schema.made.add(`function ${name}`);
    schema.functions.set(name, known.add(signatureOf(statement.CreateFunctionStmt.parameters)));
  } else if ('CreateTableAsStmt' in statement) {
    schema.made.add(`table ${nameOf(statement.CreateTableAsStmt.into?.rel)}`);
  } else if ('ViewStmt' in statement && !statement.ViewStmt.replace) {
    schema.made.add(`table ${nameOf(statement.ViewStmt.view)}`);
  } else if ('CreatePolicyStmt' in statement) {
    const { table, policy_name } = statement.CreatePolicyStmt;
    schema.made.add(`policy ${nameOf(table)}.${policy_name}`);
  } else if ('CreateTrigStmt' in statement) {
    const { relation, trigname } = statement.CreateTrigStmt;
    schema.made.add(`trigger ${nameOf(relation)}.${trigname}`);
  } else if ('DropStmt' in statement) forget(schema, statement.DropStmt.objects ?? []);
}

function learnTableChange(schema: KnownSchema, table: string, changes: readonly Node[]): void {
  for (const change of changes) {
    if (!('AlterTableCmd' in change)) continue;
    const { subtype, name = '', def } = change.AlterTableCmd;
    const column = schema.columns.get(`${table}.${name}`);
    if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) {
      learnColumn(schema, table, def.ColumnDef);
      schema.made.add(`column ${table}.${def.ColumnDef.colname}`);
    } else if (subtype === 'AT_AddConstraint' && def && 'Constraint' in def) {
      learnConstraint(schema, table, def.Constraint);
      schema.made.add(`constraint ${table}.${def.Constraint.conname}`);
    } else if (subtype === 'AT_ColumnDefault' && column) column.hasDefault = def !== undefined;
    else if (subtype === 'AT_AlterColumnType' && column && def && 'ColumnDef' in def) {
      column.type = typeOf(def.ColumnDef.typeName);
    }
  }
}

function learnColumn(schema: KnownSchema, table: string, column: ColumnDef): void {
  const name = column.colname ?? '';
  schema.columns.set(`${table}.${name}`, { type: typeOf(column.typeName), hasDefault: hasDefault(column) });
  for (const constraint of constraintsOf(column)) {
    learnConstraint(schema, table, { keys: [{ String: { sval: name } }], ...constraint });
  }
}

const SUFFIXES: Partial<Record<ConstrType, string>> = {
  CONSTR_CHECK: 'check',
  CONSTR_FOREIGN: 'fkey',
  CONSTR_UNIQUE: 'key',
};

function learnConstraint(schema: KnownSchema, table: string, constraint: Constraint): void {
  const { contype, conname } = constraint;
  if (contype === undefined) return;
  const suffix = SUFFIXES[contype];
  const columns = texts(constraint.keys ?? constraint.fk_attrs);
  const given = contype === 'CONSTR_PRIMARY' ? `${table}_pkey` : [table, ...columns, suffix].join('_');
  if (conname || suffix || contype === 'CONSTR_PRIMARY') {
    schema.constraints.set(`${table}.${conname ?? given}`, contype);
  }
}

function forget(schema: KnownSchema, objects: readonly Node[]): void {
  for (const object of objects) {
    if ('List' in object) {
      const name = lastText(object.List.items);
      schema.indexes.delete(name);
      schema.uniqueIndexes.delete(name);
    } else if ('ObjectWithArgs' in object) {
      schema.functions.delete(lastText(object.ObjectWithArgs.objname));
    }
  }
}
