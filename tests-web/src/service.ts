/** The services under test: run.sh starts them and says where they are. */

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start the tests with run.sh`);
  return value;
};

/** Where the customers are, without a final slash. */
export const origin = setting("KWIK_TEST_URL_CUSTOMERS");
/** What their paths begin with. */
export const base = `${origin}/api/v1`;
/** Where the back office is, without a final slash. */
export const backofficeOrigin = setting("KWIK_TEST_URL_BACKOFFICE");
/** What its paths begin with. */
export const backoffice = `${backofficeOrigin}/api/v1`;
/** The first administrator of each. */
export const administrator = { email: "admin@example.com", password: setting("KWIK_TEST_PASSWORD") };

/** An email address that no other test takes. */
export const newEmail = (): string => `customer-${process.pid}-${next++}@example.com`;
let next = 1;

/** The parts of the document that the tests look at. */
export interface Document {
  openapi: string;
  info: { title: string; version: string; description?: string };
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, SecurityScheme> };
}

export interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: { name: string; in: string; required: boolean; description: string; schema: Schema; example?: unknown }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { content: Record<string, { schema: Schema }>; headers?: Record<string, unknown> }>;
}

export interface SecurityScheme {
  type: string;
  in?: string;
  name?: string;
  flows?: { password: { tokenUrl: string; scopes: Record<string, string> } };
}

export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  nullable?: boolean;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean;
  minProperties?: number;
  minItems?: number;
  maxItems?: number;
  enum?: unknown[];
  pattern?: string;
  description?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  items?: Schema;
  oneOf?: Schema[];
  allOf?: Schema[];
  default?: unknown;
  example?: unknown;
}

/** The document, as the service with this base gives it out. */
export async function fetchDocument(of = base): Promise<Document> {
  const response = await fetch(`${of}/openapi.json`);
  if (!response.ok) throw new Error(`the document: ${response.status}`);
  return (await response.json()) as Document;
}

/** Its operations, with their paths and methods. */
export const operationsOf = (document: Document): { path: string; method: string; operation: Operation }[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** The operation with this id. */
export function findOperation(document: Document, id: string): Operation {
  const found = operationsOf(document).find((o) => o.operation.operationId === id);
  if (!found) throw new Error(`there is no operation ${id}`);
  return found.operation;
}

/** The schema with this name. */
export function findSchema(document: Document, name: string): Schema {
  const found = document.components.schemas[name];
  if (!found) throw new Error(`there is no schema ${name}`);
  return found;
}
