import { describe, expect, it } from '@jest/globals';
import type { HttpAdapterHost } from '@nestjs/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fastify } from 'fastify';
import { exportTemplate } from '../../domain/plans/template-file/export-template.js';
import { libraryTemplate } from '../../domain/plans/library/library.js';
import { WidgetAssets } from './widget-assets.js';

describe('features/embed/widget-assets', () => {
  it('serves the schema of template files to everybody', async () => {
    const server = fastify();
    const adapters = { httpAdapter: { getInstance: () => server } } as unknown as HttpAdapterHost;
    await new WidgetAssets(adapters).onModuleInit();
    const answer = await server.inject('/schemas/template-1.json');
    await server.close();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toContain('application/schema+json');
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    // A reader that knows nothing of ours checks a file of ours by it.
    const check = new Ajv2020({ strict: false }).compile(JSON.parse(answer.body) as object);
    const body = libraryTemplate('b2b-eighteen-steps', 'ru');
    if (!body) throw new Error('no template');
    expect(check(JSON.parse(exportTemplate(body).text))).toBe(true);
    expect(check({ format: 'dozhim-template', version: 1 })).toBe(false);
  });
});
