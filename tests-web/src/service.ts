/** The service under test: run.sh starts it and says where it is. */

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start the tests with run.sh`);
  return value;
};

/** Where the service is, without a final slash. */
export const origin = setting("KWIK_TEST_URL");
/** What its paths begin with. */
export const base = `${origin}/api/v1`;
/** Its first administrator. */
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
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  items?: Schema;
  oneOf?: Schema[];
  allOf?: Schema[];
  default?: unknown;
  example?: unknown;
}

/** The document, as the service gives it out. */
export async function fetchDocument(): Promise<Document> {
  const response = await fetch(`${base}/openapi.json`);
  if (!response.ok) throw new Error(`the document: ${response.status}`);
  return (await response.json()) as Document;
}
