import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { RequestError } from '@hono/node-server';
import { Problem } from '../problems.ts';

const TYPE = 'application/problem+json';

/** A request that never became one for the application, as a problem document: an address or a host that is none. */
export function answerMalformed(error: unknown): Response {
  const problem =
    error instanceof RequestError
      ? new Problem('REQUEST_MALFORMED', 'its address or its host cannot be read')
      : new Problem('INTERNAL', 'the fault is on our side', {}, error);
  return new Response(documentOf(problem), { status: problem.status, headers: { 'content-type': TYPE } });
}

/** Ends a connection on which Node's parser found no request, with a problem document where nothing else is being answered on it. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  const { status, body } = refusalOf(error);
  // Node's own rule: an answer that is on its way must not be continued by another
  const isAnswering = Reflect.get(Object(Reflect.get(socket, '_httpMessage')), 'headersSent') === true;
  if (!socket.writable || isAnswering) return void socket.destroy();
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}`;
  socket.end(`${head}\r\nconnection: close\r\n\r\n${body}`, () => socket.destroy());
}

function refusalOf({ code }: NodeJS.ErrnoException): { readonly status: number; readonly body: string } {
  const problem =
    code === 'HPE_HEADER_OVERFLOW'
      ? new Problem('HEADERS_TOO_LARGE', 'an instance token of Wix has some 500 characters')
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new Problem('REQUEST_TOO_SLOW', 'send it again, faster')
        : new Problem('REQUEST_MALFORMED', 'it is not HTTP/1.1');
  return { status: problem.status, body: documentOf(problem) };
}

const documentOf = (problem: Problem) => JSON.stringify(problem.toDocument(randomUUID()));
