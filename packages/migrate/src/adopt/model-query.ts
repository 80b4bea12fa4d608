/** Queries of `readModel`; `$` stands for the oid of the schema. Each gives one column of JSON. */
export const MODEL_QUERIES = {
  relations: `
    SELECT json_build_object('oid', c.oid::text, 'name', c.relname, 'kind', c.relkind, 'owner', pg_get_userbyid(c.relowner),
      'rows', c.reltuples, 'bytes', CASE WHEN c.relkind IN ('r', 'm') THEN pg_table_size(c.oid) ELSE 0 END,
      'totalBytes', CASE WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid) ELSE 0 END,
      'persistence', c.relpersistence, 'rowSecurity', c.relrowsecurity, 'forceRowSecurity', c.relforcerowsecurity,
      'options', coalesce(c.reloptions, '{}'), 'partitionKey', CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
      'partitionBound', pg_get_expr(c.relpartbound, c.oid),
      'ofType', CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END,
      'parents', coalesce((SELECT json_agg(i.inhparent::regclass::text ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid), '[]'),
      'viewDefinition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
      'comment', obj_description(c.oid, 'pg_class'),
      'grants', coalesce((SELECT json_agg(json_build_object('role', CASE x.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(x.grantee) END,
        'privilege', x.privilege_type, 'grantable', x.is_grantable) ORDER BY x.grantee, x.privilege_type)
        FROM aclexplode(c.relacl) x WHERE x.grantee <> c.relowner), '[]'))
    FROM pg_class c WHERE c.relnamespace = $ AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname`,
  columns: `
    SELECT json_build_object('of', c.oid::text, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'typeKind', CASE WHEN t.typtype = 'e' OR et.typtype = 'e' THEN 'e' ELSE '' END, 'notNull', a.attnotnull,
      'default', CASE a.attgenerated WHEN '' THEN pg_get_expr(d.adbin, d.adrelid) ELSE pg_get_expr(d.adbin, d.adrelid) END,
      'identity', a.attidentity, 'generated', a.attgenerated,
      'collation', CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
      'compression', CASE a.attcompression WHEN 'l' THEN 'lz4' WHEN 'p' THEN 'pglz' END,
      'storage', CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external'
        WHEN 'm' THEN 'main' ELSE 'extended' END END,
      'statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END,
      'comment', col_description(c.oid, a.attnum),
      'grants', coalesce((SELECT json_agg(json_build_object('role', CASE x.grantee WHEN 0 THEN '' ELSE pg_get_userbyid(x.grantee) END,
        'privilege', x.privilege_type, 'grantable', x.is_grantable) ORDER BY x.grantee, x.privilege_type)
        FROM aclexplode(a.attacl) x WHERE x.grantee <> c.relowner), '[]'),
      'sequence', (SELECT s.relname FROM pg_depend o JOIN pg_class s ON s.oid = o.objid AND s.relkind = 'S'
        WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass AND o.refobjid = c.oid
          AND o.refobjsubid = a.attnum AND o.deptype IN ('a', 'i') LIMIT 1),
      'holders', coalesce(CASE WHEN a.attinhcount > 0 THEN json_build_array('the table that it comes from') END, (SELECT json_agg(DISTINCT format('column %s.%I, of its row type,', d.objid::regclass, r.attname)) FROM pg_depend d
        JOIN pg_attribute r ON r.attrelid = d.objid AND r.attnum = d.objsubid WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_type'::regclass
          AND d.refobjid IN (c.reltype, (SELECT rt.typarray FROM pg_type rt WHERE rt.oid = c.reltype)) AND c.relkind IN ('r', 'p')),
        (SELECT json_agg(DISTINCT coalesce((SELECT 'generated column ' || g.attname FROM pg_attrdef o JOIN pg_attribute g ON g.attrelid = o.adrelid
        AND g.attnum = o.adnum WHERE o.oid = d.objid AND d.classid = 'pg_attrdef'::regclass), pg_describe_object(d.classid, d.objid, 0))) FROM pg_depend d
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = a.attnum AND c.relkind IN ('r', 'p') AND (
          d.classid IN ('pg_proc'::regclass, 'pg_publication_rel'::regclass)
          OR d.classid = 'pg_rewrite'::regclass AND EXISTS (SELECT FROM pg_rewrite w JOIN pg_class wc ON wc.oid = w.ev_class WHERE w.oid = d.objid AND wc.relkind IN ('r', 'p'))
          OR d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef o WHERE o.oid = d.objid AND o.adnum <> a.attnum))), '[]'))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type et ON et.oid = t.typelem AND t.typlen = -1
    LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = $ AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.oid, a.attnum`,
  constraints: `
    SELECT json_build_object('of', k.conrelid::text, 'name', k.conname, 'type', k.contype, 'definition', pg_get_constraintdef(k.oid),
      'columns', coalesce((SELECT json_agg(a.attname ORDER BY o.n) FROM unnest(k.conkey) WITH ORDINALITY o(num, n)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = o.num), '[]'),
      'validated', k.convalidated, 'comment', obj_description(k.oid, 'pg_constraint'),
      'references', CASE k.contype WHEN 'f' THEN k.confrelid::regclass::text END,
      'referencesColumns', coalesce((SELECT json_agg(a.attname ORDER BY o.n) FROM unnest(k.confkey) WITH ORDINALITY o(num, n)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = o.num), '[]'))
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE c.relnamespace = $ AND k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conislocal ORDER BY k.conrelid, k.conname`,
  indexes: `
    SELECT json_build_object('of', i.indrelid::text, 'name', x.relname,
      'definition', substring(pg_get_indexdef(x.oid) FROM ' USING .*$'), 'unique', i.indisunique, 'valid', i.indisvalid,
      'keys', (SELECT json_agg(pg_get_indexdef(x.oid, n, false) ORDER BY n) FROM generate_series(1, i.indnkeyatts) n),
      'predicate', pg_get_expr(i.indpred, i.indrelid), 'nullsNotDistinct', i.indnullsnotdistinct,
      'constraint', (SELECT k.conname FROM pg_constraint k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x') LIMIT 1),
      'comment', obj_description(x.oid, 'pg_class'))
    FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = $ AND c.relkind IN ('r', 'p', 'm') ORDER BY i.indrelid, x.relname`,
  triggers: `
    SELECT json_build_object('of', t.tgrelid::text, 'name', t.tgname, 'definition', pg_get_triggerdef(t.oid, true) ||
      CASE t.tgenabled WHEN 'D' THEN ' DISABLED' WHEN 'R' THEN ' ENABLED REPLICA' WHEN 'A' THEN ' ENABLED ALWAYS' ELSE '' END,
      'comment', obj_description(t.oid, 'pg_trigger'))
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = $ AND NOT t.tgisinternal AND t.tgparentid = 0
    ORDER BY t.tgrelid, t.tgname`,
  policies: `
    SELECT json_build_object('of', p.polrelid::text, 'name', p.polname, 'definition', concat_ws(' ',
      CASE WHEN p.polpermissive THEN 'AS PERMISSIVE' ELSE 'AS RESTRICTIVE' END,
      'FOR ' || CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END,
      'TO ' || (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(p.polroles) r),
      'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
      'comment', obj_description(p.oid, 'pg_policy'))
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = $ ORDER BY p.polrelid, p.polname`,
  rules: `
    SELECT json_build_object('of', w.ev_class::text, 'name', w.rulename, 'definition', pg_get_ruledef(w.oid), 'comment', NULL)
    FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class
    WHERE c.relnamespace = $ AND w.rulename <> '_RETURN' ORDER BY w.ev_class, w.rulename`,
  sequences: `
    SELECT json_build_object('name', c.relname, 'type', format_type(s.seqtypid, NULL), 'options', concat_ws(' ', 'START WITH', s.seqstart,
      'INCREMENT BY', s.seqincrement, 'MINVALUE', s.seqmin, 'MAXVALUE', s.seqmax, 'CACHE', s.seqcache, CASE WHEN s.seqcycle THEN 'CYCLE' END),
      'lastValue', CASE WHEN has_sequence_privilege(c.oid, 'SELECT,USAGE') THEN pg_sequence_last_value(c.oid)::text END,
      'start', s.seqstart::text, 'comment', obj_description(c.oid, 'pg_class'),
      'ownedBy', (SELECT json_build_object('table', o.relname, 'column', a.attname, 'identity', d.deptype = 'i')
        FROM pg_depend d JOIN pg_class o ON o.oid = d.refobjid AND o.relnamespace = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0))
    FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid WHERE c.relnamespace = $ AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY c.relname`,
  types: `
    SELECT json_build_object('name', t.typname,
      'kind', CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'composite' END,
      'labels', coalesce((SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), '[]'),
      'definition', CASE t.typtype
        WHEN 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod), 'DEFAULT ' || pg_get_expr(t.typdefaultbin, 0),
          CASE WHEN t.typnotnull THEN 'NOT NULL' END,
          (SELECT string_agg('CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname)
            FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
        WHEN 'r' THEN (SELECT 'subtype = ' || r.rngsubtype::regtype FROM pg_range r WHERE r.rngtypid = t.oid)
        WHEN 'c' THEN (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
        ELSE '' END,
      'comment', obj_description(t.oid, 'pg_type'))
    FROM pg_type t WHERE t.typnamespace = $ AND t.oid >= 16384
      AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
    ORDER BY t.oid`,
  functions: `
    SELECT json_build_object('identity', p.oid::regprocedure::text, 'name', p.proname, 'aggregate', p.prokind = 'a',
      'definition', CASE p.prokind WHEN 'a' THEN '' ELSE overlay(pg_get_functiondef(p.oid) PLACING '' FROM
        position(quote_ident(n.nspname) || '.' IN pg_get_functiondef(p.oid)) FOR length(quote_ident(n.nspname)) + 1) END,
      'comment', obj_description(p.oid, 'pg_proc'))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.pronamespace = $ AND p.oid >= 16384 AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') ORDER BY p.oid`,
} as const;
