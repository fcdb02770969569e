import type { Operation, Port } from '@socle/kernel';
import { z } from 'zod';

type Json = Record<string, unknown>;

/** OpenAPI 3.1, derived from the ports' schemas. */
export function openApi(ports: readonly Port[], server: { url: string; version: string }): Json {
  const paths: Record<string, Json> = {};
  for (const port of ports) {
    for (const [name, operation] of Object.entries(port.operations)) {
      if (operation.transport === 'binary' || operation.transport === 'stream') continue;
      paths[`/api/v1/${port.id}/${name}`] = { post: describe({ port, name, operation }) };
    }
    if (port.id === 'storage') Object.assign(paths, { '/api/v1/storage/objects/{key}': objects(port) });
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Socle', version: server.version, description: 'Operations of every module.' },
    servers: [{ url: server.url }],
    tags: ports.map((port) => ({ name: port.id, description: port.title.en })),
    paths,
    components: { schemas: { Problem: PROBLEM } },
  };
}

const PROBLEM: Json = {
  type: 'object',
  description: 'RFC 9457 problem document',
  required: ['type', 'title', 'status', 'detail', 'code', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    instance: { type: 'string' },
    details: { type: 'object' },
  },
};

const FAILED: Json = {
  description: 'It failed',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same call again, not another one',
  schema: { type: 'string', maxLength: 255 },
};
const VIA: Json = {
  name: 'via',
  in: 'query',
  required: false,
  description: 'This platform and no other',
  schema: { type: 'string' },
};

interface Described {
  readonly port: Port;
  readonly name: string;
  readonly operation: Operation;
}

function describe({ port, name, operation }: Described): Json {
  return {
    operationId: `${port.id}.${name}`,
    tags: [port.id],
    summary: port.texts[name]?.en,
    parameters: operation.effect === 'write' ? [KEY, VIA] : [VIA],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaOf(operation.input, 'input') } },
    },
    responses: {
      200: {
        description: 'Done',
        content: { 'application/json': { schema: schemaOf(operation.output, 'output') } },
      },
      ...(operation.effect === 'write' ? { 202: { description: 'Stored until its window opens' } } : {}),
      default: FAILED,
    },
  };
}

function objects(port: Port): Json {
  const parameters = [
    {
      name: 'key',
      in: 'path',
      required: true,
      description: 'Slashes stay as they are',
      schema: { type: 'string' },
    },
  ];
  const bytes = { content: { '*/*': { schema: { type: 'string', format: 'binary' } } } };
  return {
    parameters,
    put: {
      operationId: 'storage.put',
      tags: ['storage'],
      summary: port.texts.put?.en,
      parameters: [KEY, VIA],
      requestBody: { required: true, ...bytes },
      responses: { 200: { description: 'Stored' }, default: FAILED },
    },
    get: {
      operationId: 'storage.get',
      tags: ['storage'],
      summary: port.texts.get?.en,
      parameters: [VIA],
      responses: { 200: { description: 'The object', ...bytes }, default: FAILED },
    },
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  return rest;
}
