import type { DropStmt, GrantStmt, IndexStmt, Node, RenameStmt, SelectStmt } from 'libpg-query';
import { type Judgement, judgeTableChange, refuse, warn } from './judge-table-change.ts';
import { isMade, type KnownSchema, lastText, nameOf, signatureOf, texts } from './known-schema.ts';

/** What can't take anything from the running version: it makes something new, or says something about it. */
const HARMLESS = new Set([
  'CreateStmt',
  'CreateTableAsStmt',
  'CreateSeqStmt',
  'CreateEnumStmt',
  'CreateDomainStmt',
  'CompositeTypeStmt',
  'CreateExtensionStmt',
  'CreateSchemaStmt',
  'CreateRoleStmt',
  'CreateStatsStmt',
  'CommentStmt',
  'InsertStmt',
  'VariableSetStmt',
  // PostgreSQL refuses a view that lacks or changes a column of the one that it replaces.
  'ViewStmt',
]);

/** Judges one statement of a migration that is marked compatible, knowing what the ones before it have made. */
export function judgeStatement(statement: Node, schema: KnownSchema): Judgement[] {
  if ('AlterTableStmt' in statement) return judgeTableChange(statement.AlterTableStmt, schema);
  if ('DropStmt' in statement) return judgeDrop(statement.DropStmt, schema);
  if ('RenameStmt' in statement) return judgeRename(statement.RenameStmt, schema);
  if ('IndexStmt' in statement) return judgeIndex(statement.IndexStmt, schema);
  if ('GrantStmt' in statement) return judgeGrant(statement.GrantStmt, schema);
  if ('CreateFunctionStmt' in statement) return judgeFunction(statement, schema);
  if ('SelectStmt' in statement) return judgeSelect(statement.SelectStmt, schema);
  return judgePolicy(statement, schema) ?? judgeRows(statement, schema) ?? judgeRest(statement);
}

function judgeDrop(statement: DropStmt, schema: KnownSchema): Judgement[] {
  const kind = (statement.removeType ?? '').replace('OBJECT_', '').toLowerCase();
  return (statement.objects ?? []).flatMap((object) => {
    const path = pathOf(object);
    const name = path.at(-1) ?? '';
    const made = kind === 'policy' || kind === 'trigger' ? path.slice(-2).join('.') : name;
    if (isMade(schema, kind === 'view' ? 'table' : kind, made)) return [];
    if (kind === 'index' && schema.indexes.has(name) && !schema.uniqueIndexes.has(name)) {
      return [warn('drop-index', `The running version may be slow without ${name}.`)];
    }
    return [
      refuse(`drop-${kind}`, `The ${kind} ${made} is dropped while the running version may still need it.`),
    ];
  });
}

function pathOf(object: Node): string[] {
  if ('List' in object) return texts(object.List.items);
  if ('ObjectWithArgs' in object) return texts(object.ObjectWithArgs.objname);
  if ('TypeName' in object) return texts(object.TypeName.names);
  return 'String' in object ? [object.String.sval ?? ''] : [];
}

function judgeRename(statement: RenameStmt, schema: KnownSchema): Judgement[] {
  const name = nameOf(statement.relation) || (statement.object ? pathOf(statement.object).join('.') : '');
  if (isMade(schema, 'table', name)) return [];
  if (
    statement.renameType === 'OBJECT_INDEX' &&
    schema.indexes.has(name) &&
    !schema.uniqueIndexes.has(name)
  ) {
    return [];
  }
  const what = statement.subname ? `${name}.${statement.subname}` : name;
  return [refuse('rename', `The running version knows ${what} and not ${statement.newname}.`)];
}

function judgeIndex(statement: IndexStmt, schema: KnownSchema): Judgement[] {
  const table = nameOf(statement.relation);
  if (isMade(schema, 'table', table)) return [];
  if (statement.unique) {
    return [refuse('unique', `A unique index on ${table} refuses rows that the running version may write.`)];
  }
  return [warn('lock', `Nobody writes into ${table} while the index ${statement.idxname ?? ''} is built.`)];
}

function judgeGrant(statement: GrantStmt, schema: KnownSchema): Judgement[] {
  if (statement.is_grant) return [];
  const names = (statement.objects ?? []).map((node) =>
    'RangeVar' in node
      ? `table ${nameOf(node.RangeVar)}`
      : 'ObjectWithArgs' in node
        ? `function ${lastText(node.ObjectWithArgs.objname)}`
        : '',
  );
  if (names.length > 0 && names.every((name) => schema.made.has(name))) return [];
  return [refuse('revoke', 'The running version loses a right that it may use.')];
}

function judgeFunction(statement: Node, schema: KnownSchema): Judgement[] {
  if (!('CreateFunctionStmt' in statement)) return [];
  const { funcname, parameters } = statement.CreateFunctionStmt;
  const name = lastText(funcname);
  const known = schema.functions.get(name);
  if (!known || isMade(schema, 'function', name) || known.has(signatureOf(parameters))) return [];
  const message = `${name}(${[...known].join('), (')}) is there already: a second one makes calls ambiguous.`;
  return [refuse('function-signature', `${message} Give it a name of its own.`)];
}

/** Only `enable_project_isolation` is known; what another function does is not looked into. */
function judgeSelect(statement: SelectStmt, schema: KnownSchema): Judgement[] {
  return (statement.targetList ?? []).flatMap((target) => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    if (!value || !('FuncCall' in value)) return [];
    const name = lastText(value.FuncCall.funcname);
    const [first] = value.FuncCall.args ?? [];
    const table = first && 'A_Const' in first ? (first.A_Const.sval?.sval ?? '') : '';
    if (name === 'enable_project_isolation') {
      if (isMade(schema, 'table', table)) return [];
      return [refuse('narrow-policy', `Isolation hides rows of ${table} from the running version.`)];
    }
    return [warn('call', `What ${name}() does is not looked into.`)];
  });
}

function judgePolicy(statement: Node, schema: KnownSchema): Judgement[] | undefined {
  if ('CreatePolicyStmt' in statement) {
    const { table, permissive, policy_name } = statement.CreatePolicyStmt;
    if (permissive || isMade(schema, 'table', nameOf(table))) return [];
    return [
      refuse('narrow-policy', `The restrictive policy ${policy_name} hides rows from the running version.`),
    ];
  }
  if ('AlterPolicyStmt' in statement) {
    const { table, policy_name } = statement.AlterPolicyStmt;
    const name = `${nameOf(table)}.${policy_name}`;
    if (isMade(schema, 'policy', name)) return [];
    return [refuse('narrow-policy', `The policy ${name} may become narrower. Add another one beside it.`)];
  }
  if ('CreateTrigStmt' in statement) {
    const { relation, trigname } = statement.CreateTrigStmt;
    if (isMade(schema, 'table', nameOf(relation))) return [];
    return [warn('trigger', `${trigname} also runs for what the running version writes.`)];
  }
  return undefined;
}

function judgeRows(statement: Node, schema: KnownSchema): Judgement[] | undefined {
  if ('UpdateStmt' in statement) {
    const table = nameOf(statement.UpdateStmt.relation);
    return isMade(schema, 'table', table)
      ? []
      : [warn('lock', `The rows of ${table} are locked until the end.`)];
  }
  if ('DeleteStmt' in statement) {
    const table = nameOf(statement.DeleteStmt.relation);
    if (isMade(schema, 'table', table)) return [];
    return [warn('delete', `The running version may still want the rows of ${table}.`)];
  }
  if ('TruncateStmt' in statement) {
    const tables = (statement.TruncateStmt.relations ?? []).map((node) =>
      'RangeVar' in node ? nameOf(node.RangeVar) : '',
    );
    if (tables.every((table) => isMade(schema, 'table', table))) return [];
    return [refuse('truncate', `Everything in ${tables.join(', ')} is taken from the running version.`)];
  }
  return undefined;
}

function judgeRest(statement: Node): Judgement[] {
  const [kind = 'nothing'] = Object.keys(statement);
  if (HARMLESS.has(kind)) return [];
  if ('GrantRoleStmt' in statement && statement.GrantRoleStmt.is_grant) return [];
  if ('AlterEnumStmt' in statement && statement.AlterEnumStmt.oldVal === undefined) {
    return [warn('enum', `The running version may read ${statement.AlterEnumStmt.newVal} and not know it.`)];
  }
  if (
    'LockStmt' in statement ||
    'VacuumStmt' in statement ||
    'RepackStmt' in statement ||
    'ReindexStmt' in statement
  ) {
    return [refuse('lock', `${kind} stops the running version for as long as it takes.`)];
  }
  return [refuse('unknown', `${kind} isn't known to be harmless for the running version.`)];
}
