/** HTTP headers, lower-cased names; secrets are masked before they are stored. */
export type StoredHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A part of a message or of a system prompt; other fields depend on the type. */
export interface ContentBlock {
  readonly type: string;
  readonly text?: string | undefined;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly input?: Readonly<Record<string, unknown>> | undefined;
}

export interface Message {
  readonly role: string;
  readonly content: string | readonly ContentBlock[];
}

/** What the client sent to the Messages API. Fields that the proxy does not read are kept. */
export interface RequestBody {
  readonly model?: string | undefined;
  readonly system?: string | readonly ContentBlock[] | undefined;
  readonly messages?: readonly Message[] | undefined;
  readonly [field: string]: unknown;
}

/** What the Messages API answered, assembled where it was streamed. Fields that the proxy does not read are kept. */
export interface ResponseBody {
  readonly id?: string | undefined;
  readonly content?: readonly ContentBlock[] | undefined;
  readonly [field: string]: unknown;
}

/** The API's own usage object, as received. */
export type UsageData = Readonly<Record<string, unknown>>;

/** One use of the Task tool in a response: it starts a sub-task whose first message is the prompt. */
export interface TaskInvocation {
  readonly id?: string | null | undefined;
  readonly name?: string | undefined;
  readonly prompt?: string | undefined;
  readonly description?: string | null | undefined;
  /** Where the writer kept the tool's arguments unflattened. */
  readonly input?: { readonly prompt?: string | undefined; readonly description?: string | undefined } | undefined;
}

/** Free-form details: who asked, and what the step was about. */
export type AuditDetails = Readonly<Record<string, unknown>>;
