import { fileURLToPath } from 'node:url';
import { defineConfig } from 'prisma/config';

// `prisma generate|validate|format` never run the native schema engine, yet the CLI insists on downloading it first.
// Pointing the variable at any existing file skips that download, so they work without network access.
if (['generate', 'validate', 'format'].includes(process.argv[2] ?? '')) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= fileURLToPath(import.meta.url);
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
