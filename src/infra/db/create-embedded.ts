import { PGlite } from '@electric-sql/pglite';

// Run as a child process: `node create-embedded.js FOLDER`.
const folder = process.argv[2];
if (!folder) throw new Error('which folder?');
const db = await PGlite.create({ dataDir: folder });
await db.close();
