import type { SqlNode } from '../../sql/parse.ts';
import type { Action } from './action.ts';
import { at, itemsOf, namedBy, optionOf, rangeOf, textOf, wordsOf } from './tree.ts';

export function readFunction(node: SqlNode): readonly Action[] {
  const options = itemsOf(node['options']).map((item) => at(item, 'DefElem'));
  const settings = options
    .filter(({ defname }) => defname === 'set')
    .map(({ arg }) => at(arg, 'VariableSetStmt')['name']);
  const volatility = optionOf(node['options'], 'volatility');
  return [
    {
      does: 'create-function',
      function: namedBy(node['funcname']),
      language: optionOf(node['options'], 'language') ?? 'sql',
      body: bodyOf(options),
      securityDefiner: optionOf(node['options'], 'security') === 'true',
      fixesSearchPath: settings.includes('search_path'),
      volatility: volatility === 'immutable' || volatility === 'stable' ? volatility : 'volatile',
    },
  ];
}

export function readDo(node: SqlNode): readonly Action[] {
  const [body = ''] = itemsOf(node['args'])
    .map((item) => at(item, 'DefElem'))
    .filter(({ defname }) => defname === 'as')
    .map(({ arg }) => textOf(at(arg, 'String')['sval']));
  return [{ does: 'do', body }];
}

export function readTrigger(node: SqlNode): readonly Action[] {
  return [{ does: 'create-trigger', trigger: textOf(node['trigname']), table: rangeOf(node['relation']) }];
}

export function readPolicy(node: SqlNode): readonly Action[] {
  const everything = at(node, 'qual', 'A_Const', 'boolval')['boolval'] === true && node['permissive'] === true;
  return [{ does: 'create-policy', policy: textOf(node['policy_name']), table: rangeOf(node['table']), everything }];
}

function bodyOf(options: readonly SqlNode[]): string {
  const as = options.find(({ defname }) => defname === 'as');
  return wordsOf(at(as?.['arg'], 'List')['items']).join('\n');
}
