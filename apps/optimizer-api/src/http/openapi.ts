import { z } from 'zod';
import {
  itemSchema,
  jobRequestSchema,
  jobSchema,
  meSchema,
  pageOf,
  problemSchema,
  publicationSchema,
  publishLogSchema,
  publishRequestSchema,
} from './schemas.ts';

interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  /** Called by whoever is no tenant: Wix, a platform, a monitor. */
  readonly isOpen?: boolean;
  readonly query?: readonly string[];
  readonly headers?: readonly string[];
  readonly body?: z.ZodType;
  readonly bodyType?: string;
  readonly status?: number;
  readonly answer?: z.ZodType;
  readonly answerType?: string;
}

const PAGE_QUERY = ['limit', 'cursor'];
/** Every route, once. A test compares them with the application's. */
export const OPERATIONS: readonly Operation[] = [
  { method: 'get', path: '/live', summary: 'The process runs', isOpen: true, answer: z.object({ live: z.boolean() }) },
  {
    method: 'get',
    path: '/ready',
    summary: 'It can serve: the schema is at its head',
    isOpen: true,
    answer: z.object({ ready: z.boolean() }),
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    isOpen: true,
    answerType: 'text/plain',
    answer: z.string(),
  },
  { method: 'get', path: '/openapi.json', summary: 'This document', isOpen: true, answer: z.looseObject({}) },
  {
    method: 'get',
    path: '/oauth/start',
    summary: 'Begin the installation',
    isOpen: true,
    query: ['token'],
    status: 302,
  },
  {
    method: 'get',
    path: '/oauth/callback',
    summary: 'End the installation',
    isOpen: true,
    query: ['code', 'state'],
    answer: z.object({ instanceId: z.string() }),
  },
  {
    method: 'post',
    path: '/billing/webhook',
    summary: 'A signed event of Wix',
    isOpen: true,
    body: z.string(),
    bodyType: 'text/plain',
    answer: z.object({ outcome: z.enum(['applied', 'repeated', 'ignored']) }),
  },
  { method: 'get', path: '/me', summary: 'Site, plan and credits', answer: meSchema },
  {
    method: 'post',
    path: '/jobs',
    summary: 'Create a job; costs a credit an item',
    headers: ['idempotency-key'],
    body: jobRequestSchema,
    status: 201,
    answer: jobSchema,
  },
  { method: 'get', path: '/jobs', summary: 'Jobs, newest first', query: PAGE_QUERY, answer: pageOf(jobSchema) },
  { method: 'get', path: '/jobs/{id}', summary: 'One job', answer: jobSchema },
  {
    method: 'get',
    path: '/jobs/{id}/items',
    summary: 'Its items, before and after',
    query: PAGE_QUERY,
    answer: pageOf(itemSchema),
  },
  { method: 'post', path: '/jobs/{id}/cancel', summary: 'End it; unused credits come back', answer: jobSchema },
  {
    method: 'get',
    path: '/jobs/{id}/events',
    summary: 'Its progress as it happens: events named progress, a Job each',
    answerType: 'text/event-stream',
    answer: z.string(),
  },
  {
    method: 'post',
    path: '/publish',
    summary: 'Write texts of DONE items to the shop, each once',
    body: publishRequestSchema,
    answer: z.object({ results: z.array(publicationSchema) }),
  },
  {
    method: 'get',
    path: '/publish-logs',
    summary: 'What was written, newest first',
    query: PAGE_QUERY,
    answer: pageOf(publishLogSchema),
  },
];

/** OpenAPI 3.1 from the schemas that requests are parsed with. */
export function openapiDocument(): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Wix optimizer', version: '1' },
    paths,
    components: {
      securitySchemes: { instance: { type: 'http', scheme: 'bearer', description: 'Instance token signed by Wix' } },
    },
  };
}

function describe({
  path,
  summary,
  isOpen,
  query = [],
  headers = [],
  body,
  bodyType,
  status = 200,
  answer,
  answerType,
}: Operation): object {
  const parameter = (place: string, required: boolean) => (name: string) => ({
    name,
    in: place,
    required,
    schema: { type: 'string' },
  });
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameters = [
    ...inPath.map(parameter('path', true)),
    ...query.map(parameter('query', false)),
    ...headers.map(parameter('header', false)),
  ];
  return {
    summary,
    security: isOpen ? [] : [{ instance: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: true, content: content(body, bodyType ?? 'application/json', 'input') },
    }),
    responses: {
      [status]: {
        description: summary,
        ...(answer !== undefined && { content: content(answer, answerType ?? 'application/json', 'output') }),
      },
      default: {
        description: 'A problem document',
        content: content(problemSchema, 'application/problem+json', 'output'),
      },
    },
  };
}

function content(schema: z.ZodType, type: string, io: 'input' | 'output'): object {
  return { [type]: { schema: z.toJSONSchema(schema, { io, unrepresentable: 'any' }) } };
}
