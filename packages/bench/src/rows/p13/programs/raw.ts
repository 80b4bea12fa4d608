import postgres from 'postgres';

const sql = postgres(process.argv[2] ?? '', { max: 1, fetch_types: false, onnotice: () => undefined });
const rows = await sql`SELECT id FROM optimizer.plans WHERE id = ${'free'}`;
if (rows.length !== 1) throw new Error('no row');
await sql.end();
