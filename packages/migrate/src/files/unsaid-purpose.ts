/** What a generated file says of its purpose until a person has written it; `check` asks for it. */
export const UNSAID_PURPOSE = 'say what changes and why.';
