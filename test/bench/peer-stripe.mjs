// stripe-sync-engine behind fastify: verifies the signature, stores the object, then answers.
import { createRequire } from 'node:module';
import fastify from 'fastify';
import { serve, settings } from './child.mjs';

// Its ESM build fails to find its migrations, logs it and goes on as if nothing were.
const require = createRequire(import.meta.url);
const { StripeSync, runMigrations } = require('@supabase/stripe-sync-engine');
const { databaseUrl, port, secret } = settings;

// It only logs a failed migration.
const faults = [];
const logger = { info: () => undefined, error: (error) => faults.push(error) };
await runMigrations({ databaseUrl, schema: 'stripe', logger });
if (faults.length > 0) throw faults[0];
const sync = new StripeSync({
  poolConfig: { connectionString: databaseUrl, max: 10 },
  schema: 'stripe',
  stripeSecretKey: 'sk_test_benchmark',
  stripeWebhookSecret: secret,
  autoExpandLists: false,
});
const app = fastify();
app.removeContentTypeParser('application/json');
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
);
app.post('/webhooks', async (request, reply) => {
  await sync.processWebhook(request.body, request.headers['stripe-signature']);
  return reply.send({ received: true });
});
await app.listen({ port, host: '127.0.0.1' });
serve({});
