/** The OpenAPI documents are valid, and say everything about every operation. */

import assert from "node:assert/strict";
import { test } from "node:test";
import SwaggerParser from "@apidevtools/swagger-parser";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Ajv } from "ajv";
import * as formats from "ajv-formats";
import { backoffice, base, type Document, fetchDocument, operationsOf, type Schema } from "./service.js";

/** What is written by hand, by poem-openapi, which has no examples of parameters. */
const BY_HAND = ["confirmOrder", "cancelOrder", "payInvoice"];

const documents: [string, Document][] = [
  ["customers", await fetchDocument(base)],
  ["backoffice", await fetchDocument(backoffice)],
];
for (const [name, document] of documents) checks(name, document);

function checks(name: string, document: Document): void {
  test(`${name}: it is valid OpenAPI 3.0`, async () => {
    assert.match(document.openapi, /^3\.0\./);
    await SwaggerParser.validate(structuredClone(document) as never);
  });

  test(`${name}: the linter finds nothing`, async () => {
    const config = await createConfig({
      extends: ["recommended-strict"],
      rules: {
        "operation-operationId-unique": "error",
        "operation-description": "off",
        "operation-singular-tag": "error",
        "tag-description": "error",
        "no-invalid-media-type-examples": { severity: "error", allowAdditionalProperties: false },
        "no-invalid-schema-examples": { severity: "error", allowAdditionalProperties: false },
        "no-invalid-parameter-examples": { severity: "error", allowAdditionalProperties: false },
        "no-unused-components": "error",
        "nullable-type-sibling": "error",
        "parameter-description": "error",
        "security-defined": "error",
        // Paths of collections end in a slash, as front ends know them.
        "no-path-trailing-slash": "off",
        // What is not ours to say: the licence of a user's interface.
        "info-license": "off",
        "info-license-strict": "off",
        // Every error is a problem, by one default answer.
        "operation-4xx-response": "off",
      },
    });
    const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: `${name}.json`, config });
    const found = problems.map((p) => `${p.ruleId}: ${p.message} at ${p.location[0]?.pointer}`);
    assert.deepEqual(found, []);
  });

  test(`${name}: each operation has an id, a summary, a tag that is described, and security`, () => {
    const described = new Set(document.tags.filter((t) => t.description).map((t) => t.name));
    const ids = new Set<string>();
    for (const { path, method, operation } of operationsOf(document)) {
      const where = `${method} ${path}`;
      assert.match(operation.operationId, /^[a-z][A-Za-z0-9]*$/, where);
      assert.ok(!ids.has(operation.operationId), `${where}: the id is taken`);
      ids.add(operation.operationId);
      assert.ok(operation.summary, where);
      assert.ok(operation.tags.length === 1 && operation.tags.every((t) => described.has(t)), where);
      assert.ok(Array.isArray(operation.security), where);
      for (const parameter of operation.parameters ?? []) {
        assert.ok(parameter.description && parameter.schema, `${where}: ${parameter.name}`);
        if (parameter.required && !BY_HAND.includes(operation.operationId)) assert.notEqual(parameter.example, undefined, `${where}: ${parameter.name}`);
      }
    }
  });

  test(`${name}: each operation answers errors with a problem, and each body has an example`, () => {
    const example = ({ $ref, example: own, items }: Schema): unknown =>
      $ref ? document.components.schemas[nameOf($ref)]?.example : (own ?? (items && example(items)));
    for (const { path, method, operation } of operationsOf(document)) {
      const where = `${method} ${path}`;
      const problem = operation.responses["default"]?.content["application/problem+json"]?.schema.$ref;
      assert.equal(problem, "#/components/schemas/Problem", where);
      const bodies = [operation.requestBody, ...Object.values(operation.responses)];
      for (const media of bodies.flatMap((body) => Object.values(body?.content ?? {}))) {
        assert.notEqual(example(media.schema), undefined, `${where}: a body has no example`);
      }
    }
  });

  test(`${name}: each object in a body has a name, so that generated types have one`, () => {
    for (const { path, method, operation } of operationsOf(document)) {
      const bodies = [operation.requestBody, ...Object.values(operation.responses)];
      for (const { schema } of bodies.flatMap((body) => Object.values(body?.content ?? {}))) {
        const one = schema.items ?? schema;
        assert.ok(one.$ref ?? one.type === "boolean", `${method} ${path}: ${JSON.stringify(one)}`);
      }
    }
  });

  test(`${name}: examples are valid against their schemas`, () => {
    // Once more and by another validator than the linter's.
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default.default(ajv);
    ajv.addFormat("decimal", true);
    ajv.addFormat("password", true);
    ajv.addSchema(jsonSchema(document) as object, "document");
    for (const [schema, { example }] of Object.entries(document.components.schemas)) {
      const validate = ajv.getSchema(`document#/components/schemas/${schema}`);
      assert.ok(validate, schema);
      assert.ok(validate(example), `${schema}: ${ajv.errorsText(validate.errors)}`);
    }
  });
}

/** The last part of a reference. */
function nameOf($ref: string): string {
  return $ref.split("/").at(-1) ?? "";
}

/** What OpenAPI 3.0 says otherwise than JSON Schema, in the words of the latter. */
function jsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(jsonSchema);
  if (typeof node !== "object" || node === null) return node;
  const out = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, jsonSchema(value)]));
  if (out["nullable"] === true && typeof out["type"] === "string") out["type"] = [out["type"], "null"];
  for (const [exclusive, bound] of [["exclusiveMinimum", "minimum"], ["exclusiveMaximum", "maximum"]] as const) {
    if (out[exclusive] === true) out[exclusive] = out[bound];
  }
  return out;
}
